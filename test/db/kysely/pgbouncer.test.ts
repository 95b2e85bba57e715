import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import type { TenantPoolConfig } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import {
  knowsPreparedStatements,
  type PgBouncer,
  type PgBouncerOptions,
  pgbouncerBinary,
  startPgBouncer,
} from '../../support/pgbouncer.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const UNITS = 48
const SERVER_CONNECTIONS = 2

/** Applications that share the pooler; each has three connections of its own. */
const APPS: readonly Partial<TenantPoolConfig>[] = [
  { prepare: { max: 64 } },
  { prepare: { max: 2 } },
  { strategy: 'set-local', prepare: { max: 2 } },
  { prepare: 'auto' },
]

type Unit = (db: Kysely<Tables>, tenant: string, id: number) => Promise<unknown>

const insert = (db: Kysely<Tables>, tenant: string, id: number) =>
  db.insertInto('projects').values({ id, title: tenant, tenant_id: tenant }).execute()

/** Each checks what it reads; none may meet a name that is unknown (26000) or taken (42P05). */
const UNITS_OF_WORK: readonly Unit[] = [
  async (db, tenant) => expect(await tenantsSeen(db)).to.deep.equal([tenant]),
  (db, tenant, id) => insert(db, tenant, id),
  (db, tenant, id) =>
    db.transaction().execute(async (trx) => {
      expect(await tenantsSeen(trx)).to.deep.equal([tenant])
      await insert(trx, tenant, id)
      expect(await tenantsSeen(trx)).to.deep.equal([tenant])
    }),
  async (db, tenant) => {
    for await (const row of db.selectFrom('projects').select('tenant_id').stream(1)) {
      expect(row.tenant_id).to.equal(tenant)
    }
  },
  async (db) => {
    // The second time its Parse, which has failed, must not count as prepared.
    for (let i = 0; i < 2; i++) {
      expect(await failure(sql`select no_such_column`.execute(db))).to.include({ code: '42703' })
    }
  },
  async (db) => {
    expect(await failure(sql`select 1 / ${0}::int`.execute(db))).to.include({ code: '22012' })
  },
  (db, tenant) =>
    db.connection().execute(async (own) => {
      for (let i = 0; i < 3; i++) expect(await tenantsSeen(own)).to.deep.equal([tenant])
    }),
]

const binary = pgbouncerBinary()

// Without PgBouncer the tests behind it are pending in `runtime/pgbouncer.test.ts`, which says so.
if (binary !== undefined) {
  const poolers: Readonly<Record<string, PgBouncerOptions>> = {
    'a transaction pooler': { mode: 'transaction', poolSize: SERVER_CONNECTIONS },
    ...(knowsPreparedStatements(binary) && {
      'a transaction pooler with max_prepared_statements = 0': {
        mode: 'transaction',
        poolSize: SERVER_CONNECTIONS,
        maxPreparedStatements: 0,
      },
    }),
    'a session pooler': { mode: 'session', poolSize: 3 * APPS.length },
  }

  for (const [title, options] of Object.entries(poolers)) {
    describe(`named statements behind ${title}`, () => {
      let world: TenantWorld
      let pooler: PgBouncer
      before(async () => {
        world = await createWorld()
        pooler = await startPgBouncer(binary, world.appUrl, options)
      })
      after(async () => {
        await pooler.stop()
        await world.drop()
      })

      const work = async ({ db, tenancy }: TenantDb, from: number) => {
        let next = 0
        const worker = async () => {
          while (next < UNITS) {
            const i = next++
            const tenant = i % 4 < 2 ? A : B
            const unit = UNITS_OF_WORK[i % UNITS_OF_WORK.length] as Unit
            if (i % 3 === 0) await unit(tenancy.forTenant(db, tenant), tenant, from + i)
            else await tenancy.run(tenant, () => unit(db, tenant, from + i))
          }
        }
        await Promise.all([worker(), worker(), worker(), worker()])
      }

      it('no application meets a name that is unknown or taken', async () => {
        const apps = APPS.map((dialect) =>
          openDb({ ...world, appUrl: pooler.url }, { pool: { max: 3 }, dialect }),
        )
        try {
          await Promise.all(apps.map((app, i) => work(app, 1000 * (i + 1))))
        } finally {
          for (const app of apps) await app[Symbol.asyncDispose]()
        }
      }).timeout(60_000)
    })
  }
}
