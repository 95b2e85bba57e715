import PgBoss from 'pg-boss'
import { openDatabase, tenancy } from '../shared/database.ts'
import { addPair } from '../shared/projects.ts'

const QUEUE = 'add-project'

interface Job {
  tenant: string
  title: string
}

/**
 * The tenant travels in the job, and the handler opens its scope. The queue has a login of its own:
 * its tables are no tenant's.
 */
export async function startWorker(urls: { app: string; queue: string }) {
  const { db, pool } = openDatabase(urls.app)
  const queue = new PgBoss({ connectionString: urls.queue, max: 3, supervise: false })
  queue.on('error', (error) => process.emitWarning(error))
  await queue.start()
  await queue.createQueue(QUEUE, { name: QUEUE, retryLimit: 1 })

  await queue.work<Job>(QUEUE, { batchSize: 50, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    await Promise.all(
      jobs.map(async ({ id, data: { tenant, title } }) => {
        try {
          await tenancy.run(tenant, () => addPair(db, title))
        } catch (error) {
          await queue.fail(QUEUE, id, { message: String(error) })
        }
      }),
    )
  })

  return {
    pool,
    queue,
    /** From a request: its scope says whose job it is. */
    add: (title: string) => {
      const { tenant = '' } = tenancy.current() ?? {}
      return queue.send(QUEUE, { tenant, title } satisfies Job)
    },
    async stop() {
      await queue.stop({ graceful: false })
      await pool.end()
    },
  }
}
