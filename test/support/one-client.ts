import { expect } from 'chai'
import { CLEAN } from './driver-bench.ts'
import { backendOf } from './fault-bench.ts'
import { B, createWorld, nextUser, openDb, type TenantDb, type TenantWorld } from './tenants.ts'

/** A world, and for each test an application with one client. */
export interface OneClient {
  readonly world: TenantWorld
  readonly app: TenantDb
  /** The next user sees no tenant, the pool has all its clients, and the next scope works. */
  expectClean(): Promise<void>
  /** The pid of the backend that the scope uses. */
  backend(): Promise<number>
}

/** Open both around the tests of the `describe` that calls it. */
export function withOneClient(options?: Parameters<typeof openDb>[1]): OneClient {
  let world: TenantWorld
  let app: TenantDb
  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(() => {
    app = openDb(world, options)
  })
  afterEach(() => app[Symbol.asyncDispose]())

  return {
    get world() {
      return world
    },
    get app() {
      return app
    },
    expectClean: () => expectClean(app),
    backend: () => backendOf(app.db),
  }
}

async function expectClean({ db, tenancy, pool }: TenantDb): Promise<void> {
  expect(await nextUser(pool)).to.deep.equal(CLEAN)
  const titles = await tenancy.run(B, () => db.selectFrom('projects').select('title').execute())
  expect(titles.map(({ title }) => title).sort()).to.deep.equal(['b one', 'b three'])
  expect(await nextUser(pool)).to.deep.equal(CLEAN)
  const { totalCount, idleCount, waitingCount } = pool
  expect({ totalCount, idleCount, waitingCount }).to.deep.equal({
    totalCount: 1,
    idleCount: 1,
    waitingCount: 0,
  })
}
