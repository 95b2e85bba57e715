import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import type { ResidueEvent } from '../../src/index.ts'
import { withClient } from './postgres.ts'
import { STRATEGIES, type StrategyName, strategyOptions } from './strategies.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from './tenants.ts'

/**
 * Residue of a session, and the statement that leaves it where no text of the application shows it.
 */
export const LEAVINGS = {
  'temporary table': `create temp table leftovers as select * from projects`,
  'temporary view': `create temp view leftovers as select 'a one'::text as title`,
  'temporary sequence': `create temp sequence leftovers`,
  'temporary type': `create type pg_temp.leftovers as (title text)`,
  'temporary domain': `create domain pg_temp.leftovers as text`,
  'temporary function': `create function pg_temp.leftovers() returns text language sql as $f$ select 'a one' $f$`,
  'table in pg_temp': `create table pg_temp.leftovers as select * from projects`,
  'cursor with hold': `declare leftovers cursor with hold for select * from projects`,
  role: `set role ROLE`,
  row_security: `set row_security = off`,
  search_path: `set search_path = attic, public`,
  'empty search_path': `select set_config('search_path', '', false)`,
  statement_timeout: `set statement_timeout = '7min'`,
} as const

export type Leaving = keyof typeof LEAVINGS

/**
 * One of each kind that is taken away by other means: DISCARD TEMP, CLOSE ALL, the role and the
 * settings of the baseline.
 */
export const ONE_OF_EACH = [
  'temporary table',
  'cursor with hold',
  'role',
  'search_path',
] as const satisfies readonly Leaving[]

/**
 * How a session should be and what cleans it are the same texts for every strategy
 * (`src/runtime/residue/`); the strategies differ in when they ask, and in which flight the clean-up
 * goes. So `local` meets all cases, and each of the others those of other kinds.
 */
export function casesFor<T>(
  strategy: StrategyName,
  { all, few }: Record<'all' | 'few', readonly T[]>,
): readonly T[] {
  return strategy === 'local' ? all : few
}

/** The state of its session that a statement can see. */
export interface Seen {
  readonly user: string
  readonly settings: string
  readonly leftovers: number
  readonly titles: readonly string[]
}

/** An application over one client, in a world whose functions leave residue. */
export interface ResidueBench {
  readonly strategy: StrategyName
  readonly world: TenantWorld
  readonly app: TenantDb
  /** Published since the application was opened. */
  readonly events: ResidueEvent[]
  reopen(options: Parameters<typeof openDb>[1]): Promise<void>
  /** Leaves something on the session as tenant A, by a function that the database has. */
  leave(leaving: Leaving): Promise<void>
  inA<T>(body: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  inB<T>(body: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** Of the session of the application as it should be. */
  readonly clean: Seen
}

export function describeResidue(
  group: string,
  tests: (bench: ResidueBench) => void,
  strategies: readonly StrategyName[] = STRATEGIES,
): void {
  describe(group, () => {
    let world: TenantWorld

    before(async () => {
      world = await createResidueWorld()
    })
    after(() => world?.drop())

    for (const strategy of strategies) {
      describe(`strategy ${strategy}`, () => {
        let app: TenantDb
        let events: ResidueEvent[]
        const note = (event: unknown) => events.push(event as ResidueEvent)
        const open = (options: Parameters<typeof openDb>[1] = {}) => {
          app = openDb(world, {
            ...options,
            dialect: { ...strategyOptions(strategy), ...options.dialect },
          })
        }

        beforeEach(() => {
          events = []
          subscribe('kysely-tenants:residue', note)
          open()
        })
        afterEach(async () => {
          unsubscribe('kysely-tenants:residue', note)
          await app[Symbol.asyncDispose]()
        })

        const inScope = <T>(tenant: string, body: (db: Kysely<Tables>) => Promise<T>) =>
          app.tenancy.run(tenant, () => body(app.db))

        tests({
          strategy,
          get world() {
            return world
          },
          get app() {
            return app
          },
          get events() {
            return events
          },
          async reopen(options) {
            await app[Symbol.asyncDispose]()
            open(options)
          },
          async leave(leaving) {
            await inScope(A, (db) => sql`select leave(${leaving})`.execute(db))
          },
          inA: (body) => inScope(A, body),
          inB: (body) => inScope(B, body),
          get clean() {
            return cleanIn(world)
          },
        })
      })
    }
  })
}

export function cleanIn(world: TenantWorld): Seen {
  return {
    user: `${world.name}_app`,
    settings: 'on "$user", public 0',
    leftovers: 0,
    titles: ['b one', 'b three'],
  }
}

// Every name is qualified: a search_path that was left behind is to be seen, not to fail.
const SEEN = sql<Omit<Seen, 'titles'>>`
  select current_user || case when session_user = current_user then '' else '/' || session_user end as user,
    concat_ws(' ', current_setting('row_security'), current_setting('search_path'),
      current_setting('statement_timeout')) as settings,
    ((select count(*) from pg_depend where refclassid = 2615 and refobjid = pg_my_temp_schema())
      + (select count(*) from pg_cursors where is_holdable))::int as leftovers`

const TITLES = sql<{ title: string }>`select title from public.projects order by title`

/** Two statements, of which the first is the one that meets the session. */
export async function look(db: Kysely<Tables>): Promise<Seen> {
  const { rows } = await SEEN.execute(db)
  const titles = await TITLES.execute(db)
  return { ...(rows[0] as Seen), titles: titles.rows.map(({ title }) => title) }
}

/** The pids of the backends of the application. */
export async function backends(world: TenantWorld): Promise<number[]> {
  return withClient(world.url, async (admin: pg.Client) => {
    const { rows } = await admin.query(
      'select pid from pg_stat_activity where usename = $1 order by pid',
      [`${world.name}_app`],
    )
    return rows.map(({ pid }) => pid)
  })
}

export async function createResidueWorld(): Promise<TenantWorld> {
  const world = await createWorld()
  const [app, role] = [`${world.name}_app`, `${world.name}_reporting`]
  const branches = Object.entries(LEAVINGS).map(
    ([name, text]) => `when '${name}' then $text$${text.replace('ROLE', role)}$text$`,
  )
  await withClient(world.url, (admin) =>
    admin.query(`
      create role ${role};
      grant ${role} to ${app};
      grant temporary on database ${world.name} to ${app};
      -- Calls a function: a plain condition would make the guard refuse the login.
      create policy reporting on projects to ${role} using (length(tenant_id) > 0);
      create policy reporting_floor on projects as restrictive to ${role} using (true);
      grant select on projects to ${role};
      create schema attic;
      grant usage on schema attic to ${app};
      create view attic.projects as select 0 as id, ''::text as tenant_id, 'of the attic'::text as title;
      grant select on attic.projects to ${app};
      create function leave(kind text) returns text language plpgsql as $body$
        begin
          execute case kind ${branches.join(' ')} end;
          return kind;
        end $body$;
    `),
  )
  return world
}
