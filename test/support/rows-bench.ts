import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { failure } from './failure.ts'
import { createIdTypeWorld } from './id-type-world.ts'
import { STRATEGIES, type StrategyName } from './strategies.ts'
import { A, B, openAll, openDb, type Tables, type TenantDb, type TenantWorld } from './tenants.ts'

type Row = Tables['projects']

/** The state in which a client must come back to its pool. */
export const CLEAN = { tenant: null, rows: 0, inTransaction: false }

/** The rows that each test starts with. */
export const ROWS: readonly Row[] = [
  { tenant_id: A, id: 1, title: 'a one' },
  { tenant_id: A, id: 2, title: 'a two' },
  { tenant_id: B, id: 1, title: 'b one' },
  { tenant_id: B, id: 3, title: 'b three' },
]
/**
 * Ids that are near in spelling: by a prefix, by case, behind byte 63, or because SQL, LIKE or
 * placeholders give a meaning to a part of them.
 */
export const SIMILAR_IDS: readonly string[] = [
  'b',
  'tenant_b',
  'tenant_',
  'tenantXb',
  'acme',
  'Acme',
  'acme%',
  'acme%%',
  'acme_',
  'acme:1',
  "o'brien",
  "o''brien",
  '"acme"',
  'ac\\me',
  'ac\\\\me',
  '$1',
  '$2',
  '{a}',
  'ac me',
  'ac\nme',
  "'; drop table projects; --",
  '🦊',
  'caf\u00e9',
  'cafe\u0301',
  'null',
  '__proto__',
  'שלום',
  `${'x'.repeat(63)}1`,
  `${'x'.repeat(63)}2`,
  'y'.repeat(1023),
  'y'.repeat(1024),
]

/** The rows that each test starts with, of one tenant. */
export const rowsOf = (tenant: string): Row[] =>
  ROWS.filter(({ tenant_id }) => tenant_id === tenant)

/** The code of the error of a promise that is expected to fail. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return (await failure(promise)).code
}

/** The query for the rows that `db` sees. */
export function seen(db: Kysely<Tables>): SelectQueryBuilder<Tables, 'projects', Row> {
  return db.selectFrom('projects').select(['tenant_id', 'id', 'title']).orderBy('id')
}

/** An application over the rows above. */
export interface RowsBench {
  readonly strategy: StrategyName
  readonly world: TenantWorld
  /** A Kysely of the superuser. */
  readonly all: Kysely<Tables>
  readonly app: TenantDb
  /** Open another application in the place of the first. */
  reopen(options: Parameters<typeof openDb>[1]): Promise<void>
  /** The rows that are in the table, whatever the policies show. */
  stored(tenant?: string): Promise<Row[]>
  seenBy(tenant: string): Promise<Row[]>
  asAdmin<T>(body: () => T): T
}

/** Declare `tests` once for each strategy. Each test starts with the same rows. */
export function describeRows(title: string, tests: (bench: RowsBench) => void): void {
  for (const strategy of STRATEGIES) {
    describe(`${title}, ${strategy}`, () => {
      let world: TenantWorld
      let all: Kysely<Tables>
      let app: TenantDb
      const open = (options: Parameters<typeof openDb>[1] = {}) => {
        app = openDb(world, { ...options, dialect: { strategy } })
      }

      before(async () => {
        world = await createIdTypeWorld()
        all = openAll(world)
      })
      after(async () => {
        await all.destroy()
        await world.drop()
      })
      beforeEach(async () => {
        await all.deleteFrom('projects').execute()
        await all
          .insertInto('projects')
          .values([...ROWS])
          .execute()
        open()
      })
      afterEach(() => app[Symbol.asyncDispose]())

      tests({
        strategy,
        get world() {
          return world
        },
        get all() {
          return all
        },
        get app() {
          return app
        },
        async reopen(options) {
          await app[Symbol.asyncDispose]()
          open(options)
        },
        stored: (tenant) =>
          all
            .selectFrom('projects')
            .select(['tenant_id', 'id', 'title'])
            .$if(tenant !== undefined, (query) => query.where('tenant_id', '=', tenant ?? ''))
            .orderBy(sql`tenant_id collate "C"`)
            .orderBy('id')
            .execute(),
        seenBy: (tenant) => app.tenancy.run(tenant, () => seen(app.db).execute()),
        asAdmin: (body) => app.tenancy.runAsAdmin(body),
      })
    })
  }
}
