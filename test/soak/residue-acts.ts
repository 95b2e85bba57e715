import { type Kysely, sql } from 'kysely'
import type { SessionState } from './oracle.ts'
import { LEAVING_KINDS, type Tables } from './soak-world.ts'
import { type Act, expectFailure, read } from './stage.ts'

/** Statements that leave residue of a kind where their own text does not show it. */
const ROADS = [
  `select leave('KIND')`,
  `insert into triggering values ('KIND')`,
  `insert into collected values ('KIND')`,
  `insert into ruled values ('KIND')`,
  `explain analyze select leave('KIND')`,
  `do $do$ begin perform leave('KIND'); end $do$`,
  `copy (select leave('KIND')) to stdout`,
  `call leave_and_commit('KIND')`,
  `do $do$ begin perform leave('KIND'); commit; end $do$`,
]

const CHANGED = 'the callback changed its mind'
// A procedure can commit nowhere but outside every transaction.
const INVALID_TERMINATION = '2D000'

/** Functions, procedures, triggers, rules and DO blocks that leave something on their session. */
export const RESIDUE_ACTS = {
  async residue({ subject }, { tenant, via, index, pick }) {
    const leaving = leave(LEAVING_KINDS, index)
    await subject.run(tenant, via, async (db) => {
      try {
        if (pick < 0.5) await leaving(db)
        else if (pick < 0.75) await db.transaction().execute(leaving)
        else await db.connection().execute(leaving)
      } catch (error) {
        if ((error as { code?: string }).code !== INVALID_TERMINATION) throw error
      }
    })
  },

  async 'residue-of-a-failure'(stage, { tenant, via, index }) {
    const leaving = leave(LEAVING_KINDS, index)
    const failing = stage.subject.run(tenant, via, (db) =>
      db.transaction().execute(async (trx) => {
        await leaving(trx)
        throw new Error(CHANGED)
      }),
    )
    await expectFailure(
      stage,
      failing,
      ({ message, code }) => message === CHANGED || code === INVALID_TERMINATION,
    )
  },

  async 'residue-before-a-timeout'(stage, { tenant, via, index }) {
    const failing = stage.subject.run(tenant, via, (db) =>
      db.connection().execute(async (own) => {
        await leave(LEAVING_KINDS, index, 1)(own)
        await sql`select pg_sleep(2)`.execute(own)
      }),
    )
    await expectFailure(stage, failing, ({ message }) => message === 'Query read timeout')
  },

  async look({ subject, oracle }, { tenant, via, pick }) {
    await subject.run(tenant, via, async (db) => {
      if (pick < 0.4) oracle.judgeSession(await stateOf(db))
      else if (pick < 0.7) oracle.judgeSession(await db.transaction().execute(stateOf))
      else if (pick < 0.85) {
        for await (const { state } of db.selectNoFrom(STATE).stream(1)) oracle.judgeSession(state)
      } else {
        const serializable = db.transaction().setIsolationLevel('serializable')
        await serializable.execute(async (trx) => {
          oracle.judge(tenant, await read(trx))
          oracle.judgeSession(await stateOf(trx))
        })
      }
    })
  },
} satisfies Record<string, Act>

function leave(leavings: readonly string[], index: number, roads = ROADS.length) {
  const kind = leavings[index % leavings.length] as string
  const road = ROADS[Math.floor(index / leavings.length) % roads] as string
  return async (db: Kysely<Tables>): Promise<void> => {
    await sql.raw(road.replace('KIND', kind)).execute(db)
  }
}

async function stateOf(db: Kysely<Tables>): Promise<SessionState> {
  return (await db.selectNoFrom(STATE).executeTakeFirstOrThrow()).state
}

const STATE = sql<SessionState>`json_build_object(
  'roles', concat_ws(' ', session_user = current_user, current_setting('role')),
  'settings', concat_ws(' ', current_setting('row_security'), current_setting('search_path'),
    current_setting('statement_timeout')),
  'leftovers', (select count(*) from pg_catalog.pg_cursors where is_holdable) + (
    select count(*) from pg_catalog.pg_depend
      where refclassid = 2615 and refobjid = pg_my_temp_schema()))`.as('state')
