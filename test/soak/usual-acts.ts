import { sql } from 'kysely'
import type { Row } from './oracle.ts'
import { type Act, type CalmStage, expectFailure, idOf, insert, read } from './stage.ts'

/** The everyday work of applications. */
export const USUAL_ACTS = {
  async read({ subject, oracle }, { tenant, via }) {
    oracle.judge(tenant, await subject.run(tenant, via, read))
  },

  async transaction({ subject, oracle }, operation) {
    const { tenant, via } = operation
    await subject.run(tenant, via, (db) =>
      db.transaction().execute(async (trx) => {
        await insert(trx, idOf(operation), tenant)
        oracle.judge(tenant, await read(trx))
      }),
    )
    oracle.committed(idOf(operation))
  },

  async stream({ subject, oracle }, { tenant, via }) {
    const rows: Row[] = []
    await subject.run(tenant, via, async (db) => {
      for await (const row of db.selectFrom('projects').selectAll().stream(2)) rows.push(row)
    })
    oracle.judge(tenant, rows)
  },

  async savepoint(stage, operation) {
    const { tenant, via } = operation
    await stage.subject.run(tenant, via, async (db) => {
      const trx = await db.startTransaction().execute()
      try {
        await insert(trx, idOf(operation), tenant)
        const saved = await trx.savepoint('here').execute()
        await insert(saved, idOf(operation, 1), tenant)
        await expectFailure(stage, sql`select 1/0`.execute(saved), isDivisionByZero)
        await saved.rollbackToSavepoint('here').execute()
        stage.oracle.judge(tenant, await read(trx))
        await trx.commit().execute()
      } catch (error) {
        await trx
          .rollback()
          .execute()
          .catch(() => undefined)
        throw error
      }
    })
    stage.oracle.committed(idOf(operation))
    stage.oracle.undone(idOf(operation, 1))
  },

  async 'sql-error'(stage, { tenant, via }) {
    const failing = stage.subject.run(tenant, via, (db) => sql`select 1/0`.execute(db))
    await expectFailure(stage, failing, isDivisionByZero)
  },

  async 'callback-throws'(stage, operation) {
    const { tenant, via } = operation
    const changed = 'the callback changed its mind'
    const failing = stage.subject.run(tenant, via, (db) =>
      db.transaction().execute(async (trx) => {
        await insert(trx, idOf(operation), tenant)
        throw new Error(changed)
      }),
    )
    await expectFailure(stage, failing, ({ message }) => message === changed)
    stage.oracle.undone(idOf(operation))
  },

  async 'without-tenant'({ subject, oracle }) {
    // Raw, for the plugin refuses a query on a tenant table before it is sent.
    const query = sql<Row>`select * from projects`
    const { rows } = await subject.runGlobal(() => query.execute(subject.db))
    oracle.judgeNothing(rows)
  },
} satisfies Record<string, Act<CalmStage>>

function isDivisionByZero({ code }: { code?: string }): boolean {
  return code === '22012'
}
