import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { tenantsSeen } from '../../support/fault-bench.ts'
import {
  A,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

describe('the prelude', () => {
  let world: TenantWorld
  let app: TenantDb
  let db: Kysely<Tables>

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(() => {
    app = openDb(world)
    db = app.db
  })
  afterEach(() => app[Symbol.asyncDispose]())

  it('prepares its prelude on a direct connection, and survives DEALLOCATE ALL', async () => {
    const names = async (on: Kysely<Tables>) => {
      const { rows } = await sql<{ name: string }>`
        select name from pg_prepared_statements where name like 'kysely%' order by name`.execute(on)
      return rows.map(({ name }) => name)
    }
    await app.tenancy.run(A, () =>
      db.connection().execute(async (one) => {
        expect(await names(one)).to.deep.equal([])
        expect(await names(one)).to.deep.equal(['kysely_tenants_2'])
        await sql`deallocate all`.execute(one)
        expect(await tenantsSeen(one)).to.deep.equal([A])
      }),
    )
  })

  it('prepares nothing where a pooler may give the next statement another backend', async () => {
    // A pooler shows the client a process id of its own.
    app.pool.on('connect', (client) => Object.assign(client, { processID: 1 }))
    for (let i = 0; i < 3; i++) {
      const { rows } = await app.tenancy.run(A, () =>
        sql`select name from pg_prepared_statements where name like 'kysely%'`.execute(db),
      )
      expect(rows).to.deep.equal([])
    }
  })
})
