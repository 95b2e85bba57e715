import { sql } from 'kysely'
import { isTenancyError } from '../../src/index.ts'
import { readState } from './client-state.ts'
import { type Act, expectFailure, idOf, insert, read } from './stage.ts'

/** Mistakes of applications, and faults of networks and servers. */
export const CHAOS_ACTS = {
  async 'open-transaction'({ subject, oracle }, operation) {
    const { tenant, via } = operation
    await subject.run(tenant, via, (db) =>
      db.connection().execute(async (own) => {
        await sql`begin`.execute(own)
        await insert(own, idOf(operation), tenant)
      }),
    )
    oracle.undone(idOf(operation))
  },

  async 'set-tenant'({ subject, oracle }, { tenant, other, via, pick }) {
    const statements = [
      `set app.tenant_id = '${other}'`,
      `select set_config('app.tenant_id', '${other}', false)`,
      `select set_config('app.tenant_id', '${other}', true)`,
      'reset all',
    ]
    const statement = statements[Math.floor(pick * statements.length)] as string
    try {
      await subject.run(tenant, via, (db) =>
        db.connection().execute(async (own) => {
          await sql.raw(statement).execute(own)
          oracle.judge(tenant, await read(own))
        }),
      )
    } catch (error) {
      // A strategy may refuse to go on after such a statement.
      if (!isTenancyError(error)) throw error
    }
  },

  async timeout(stage, operation) {
    const { tenant, via } = operation
    const failing = stage.subject.run(tenant, via, (db) =>
      db.transaction().execute(async (trx) => {
        await insert(trx, idOf(operation), tenant)
        await sql`select pg_sleep(2)`.execute(trx)
      }),
    )
    await expectFailure(stage, failing, ({ message }) => message === 'Query read timeout')
    stage.oracle.undone(idOf(operation))
  },

  async 'abandoned-stream'({ subject, oracle }, { tenant, via, pick }) {
    await subject.run(tenant, via, (db) =>
      db.connection().execute(async (own) => {
        const stream = own.selectFrom('projects').selectAll().stream(1)
        for await (const row of stream) {
          oracle.judge(tenant, [row])
          if (pick < 0.5) break
        }
        oracle.judge(tenant, await read(own))
      }),
    )
  },

  async 'keep-handle'({ subject, oracle, kept }, { tenant, via }) {
    await subject.run(tenant, via, (db) =>
      db.connection().execute(async (own) => {
        oracle.judge(tenant, await read(own))
        kept.push({ db: own, tenant })
      }),
    )
  },

  async 'use-kept-handle'(stage, operation) {
    const { subject, oracle, kept } = stage
    const [handle] = kept.splice(Math.floor(operation.pick * kept.length), 1)
    if (!handle) return
    const { db, tenant } = handle
    try {
      await subject.run(tenant, 'run', async () => {
        await insert(db, idOf(operation), tenant)
        oracle.judge(tenant, await read(db))
      })
    } catch (error) {
      if (isTenancyError(error) && error.code === 'SCOPE.ENDED') return
      throw error
    }
    oracle.note('kept handle answered', `kept by ${tenant}`)
  },

  async 'write-not-awaited'({ subject, oracle }, operation) {
    const { tenant, via } = operation
    let late: Promise<boolean> | undefined
    const committed = await subject
      .run(tenant, via, (db) =>
        db.transaction().execute(async (trx) => {
          await insert(trx, idOf(operation), tenant)
          late = insert(trx, idOf(operation, 1), tenant).then(
            () => true,
            () => false,
          )
        }),
      )
      .then(() => true, isStatementRunning)
    // The transaction took both rows, or the one that was awaited, or it was refused and took none.
    const lateCommitted = (await late) && committed
    const remember = (stored: boolean | undefined) => (stored ? oracle.committed : oracle.undone)
    remember(committed)(idOf(operation))
    remember(lateCommitted)(idOf(operation, 1))
  },

  async 'commit-and-chain'({ subject, oracle }, operation) {
    const { tenant, via } = operation
    await subject.run(tenant, via, (db) =>
      db.transaction().execute(async (trx) => {
        await insert(trx, idOf(operation), tenant)
        await sql`commit and chain`.execute(trx)
        oracle.judge(tenant, await read(trx))
      }),
    )
    oracle.committed(idOf(operation))
  },

  async 'temporary-table'({ subject }, { tenant, via }) {
    // On a connection that still has one it fails.
    await subject.run(tenant, via, (db) => sql`create temp table leftovers (id int)`.execute(db))
  },

  async 'raw-client'({ subject, oracle }) {
    const client = await subject.pool.connect()
    const ignore = () => undefined
    client.on('error', ignore)
    try {
      oracle.judgeClient(await readState(client))
    } catch (error) {
      client.release(error as Error)
      throw error
    }
    client.off('error', ignore)
    client.release()
  },

  async 'terminate-backend'({ admin, world }, { pick }) {
    await admin.query(
      `with pids as (select array_agg(pid) as all from pg_stat_activity where usename = $1)
        select pg_terminate_backend("all"[1 + floor($2::float * cardinality("all"))::int]) from pids`,
      [world.appRole, pick],
    )
  },

  async 'reset-connection'({ proxy }, { pick }) {
    proxy.reset(pick)
  },

  async 'black-hole'({ proxy }, { pick }) {
    proxy.blackHole(pick)
  },
} satisfies Record<string, Act>

/** Was it refused, and not lost? */
function isStatementRunning(error: unknown): false {
  const { code } = isTenancyError(error) ? error : {}
  // The late statement may fail as well, and takes the transaction with it.
  if (code === 'TRANSACTION.STATEMENT_RUNNING' || code === 'TRANSACTION.ROLLED_BACK') return false
  throw error
}
