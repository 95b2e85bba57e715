import { expect } from 'chai'
import type { Kysely, SelectQueryBuilder } from 'kysely'
import { STRATEGIES, type StrategyName, strategyOptions } from './strategies.ts'
import {
  A,
  createWorld,
  nextUser,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from './tenants.ts'

/** The state in which a client must come back to its pool. */
export const CLEAN = { tenant: null, rows: 0, inTransaction: false }

type OpenOptions = NonNullable<Parameters<typeof openDb>[1]>

/** An application with one client, for the tests of every way into the driver. */
export interface DriverBench {
  readonly strategy: StrategyName
  readonly world: TenantWorld
  readonly app: TenantDb
  readonly db: Kysely<Tables>
  /** Open another application, with the same strategy. */
  open(options?: OpenOptions): TenantDb
  inA<T>(body: () => Promise<T>): Promise<T>
}

/** Declare `tests` once for each strategy. After each test the next user of the pool sees no tenant. */
export function describeStrategies(title: string, tests: (bench: DriverBench) => void): void {
  describe(title, () => {
    let world: TenantWorld
    before(async () => {
      world = await createWorld()
    })
    after(() => world.drop())

    for (const strategy of STRATEGIES) {
      describe(`strategy ${strategy}`, () => {
        let app: TenantDb
        const open = (options: OpenOptions = {}) =>
          openDb(world, {
            ...options,
            dialect: { ...strategyOptions(strategy), ...options.dialect },
          })
        beforeEach(() => {
          app = open()
        })
        afterEach(async () => {
          if (!app.pool.ended) expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
          await app[Symbol.asyncDispose]()
        })

        tests({
          strategy,
          get world() {
            return world
          },
          get app() {
            return app
          },
          get db() {
            return app.db
          },
          open,
          inA: (body) => app.tenancy.run(A, body),
        })
      })
    }
  })
}

/** The titles of the projects that are seen, in the order of their ids. */
export function titles(
  on: Kysely<Tables>,
): SelectQueryBuilder<Tables, 'projects', { title: string }> {
  return on.selectFrom('projects').select('title').orderBy('id')
}
