import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { tenancy } from '../../examples/shared/database.ts'
import { startWorker } from '../../examples/worker/worker.ts'
import { withClient } from '../support/postgres.ts'
import { createExampleWorld, type ExampleWorld, TENANTS } from './world.ts'

const JOBS_PER_TENANT = 10

describe('the example with pg-boss', function () {
  this.timeout(120_000)
  let world: ExampleWorld
  before(async () => {
    world = await createExampleWorld()
  })
  after(() => world.drop())

  it('does each job in the scope of its tenant, and leaves nothing of those that fail', async () => {
    const worker = await startWorker({ app: world.appUrl, queue: world.url })
    try {
      for (let n = 0; n < JOBS_PER_TENANT; n++) {
        await Promise.all(
          TENANTS.map((tenant) =>
            tenancy.run(tenant, () =>
              worker.add(`${n % 5 === 4 ? 'fail' : 'pair'} ${tenant} ${n}`),
            ),
          ),
        )
      }
      while ((await open(world)) > 0) await wait(50)
      expect(await results(world)).to.deep.equal({
        rows: TENANTS.length * JOBS_PER_TENANT * 0.8 * 2,
        foreign: 0,
        failed: TENANTS.length * JOBS_PER_TENANT * 0.2,
      })
      expect(worker.pool.totalCount).to.equal(worker.pool.idleCount)
    } finally {
      await worker.stop()
    }
  })
})

async function open(world: ExampleWorld): Promise<number> {
  return withClient(world.url, async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as n from pgboss.job where state in ('created', 'retry', 'active')`,
    )
    return rows[0].n
  })
}

async function results(world: ExampleWorld): Promise<unknown> {
  return withClient(world.url, async (client) => {
    const { rows } = await client.query(`
      select count(*)::int as rows,
        count(*) filter (where split_part(title, ' ', 2) <> tenant_id)::int as foreign,
        (select count(*)::int from pgboss.job where state = 'failed') as failed
      from projects`)
    return rows[0]
  })
}
