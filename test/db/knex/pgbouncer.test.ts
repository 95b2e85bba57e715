import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { forTenant, type TenantClientOptions } from '../../../src/knex/index.ts'
import { failure } from '../../support/failure.ts'
import {
  knowsPreparedStatements,
  type PgBouncer,
  type PgBouncerOptions,
  pgbouncerBinary,
  startPgBouncer,
} from '../../support/pgbouncer.ts'
import { withClient } from '../../support/postgres.ts'
import { createResidueWorld, LEAVINGS } from '../../support/residue-bench.ts'
import { type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, B, type TenantWorld } from '../../support/tenants.ts'

const TITLES: Readonly<Record<string, readonly string[]>> = {
  [A]: ['a one', 'a two'],
  [B]: ['b one', 'b three'],
}
const UNITS = 40
const SERVER_CONNECTIONS = 2

/** Applications that share the pooler; each has three connections of its own. */
const APPS: Readonly<Record<string, Partial<TenantClientOptions>>> = {
  local: {},
  'local, prepare: { max: 64 }': { prepare: { max: 64 } },
  'local, prepare: false': { prepare: false },
  'set-local': { strategy: 'set-local' },
  'set-local, prepare: { max: 2 }': { strategy: 'set-local', prepare: { max: 2 } },
}

const ofTenant = (db: Knex) => db('public.projects').whereBetween('id', [0, 99]).orderBy('id')
/** With the state of the session that it meets. */
const seen = async (db: Knex): Promise<unknown> => {
  const { rows } = await db.raw(
    `select title, current_user = session_user as is_self, current_setting('search_path') as path
      from public.projects where id < ? order by id`,
    [100],
  )
  return rows
}
const SEEN = (tenant: string) =>
  TITLES[tenant]?.map((title) => ({ title, is_self: true, path: '"$user", public' }))

type Unit = (db: Knex, tenant: string, id: number) => Promise<void>

/** The everyday work of an application; each checks what it reads. */
const UNITS_OF_WORK: readonly Unit[] = [
  async (db, tenant) => {
    expect(await seen(db)).to.deep.equal(SEEN(tenant))
  },
  async (db, tenant) => {
    expect(await ofTenant(db).pluck('title')).to.deep.equal(TITLES[tenant])
  },
  async (db, tenant, id) => {
    await db.transaction(async (trx) => {
      expect(await seen(trx)).to.deep.equal(SEEN(tenant))
      await trx('public.projects').insert({ id, title: tenant })
      await failure(
        trx.transaction(async (inner) => {
          await inner('public.projects').insert({ id: id + 1, title: 'rolled back' })
          await inner.raw('select 1 / ?::int', [0])
        }),
      )
      expect(await ofTenant(trx).pluck('title')).to.deep.equal(TITLES[tenant])
    })
  },
  async (db, tenant) => {
    const titles: string[] = []
    for await (const row of ofTenant(db).stream({ highWaterMark: 1 })) titles.push(row.title)
    expect(titles).to.deep.equal(TITLES[tenant])
  },
  async (db) => {
    expect((await failure(db.raw('select 1 / ?::int', [0]))).code).to.equal('22012')
  },
  async (db) => {
    for (let i = 0; i < 2; i++) {
      const { code } = await failure(db('public.projects').select('no_such_column'))
      expect(code).to.equal('42703')
    }
  },
  async (db, tenant, id) => {
    const { message } = await failure(
      db.transaction(async (trx) => {
        await trx('public.projects').insert({ id, title: 'rolled back' })
        throw new Error(`of ${tenant}`)
      }),
    )
    expect(message).to.equal(`of ${tenant}`)
  },
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
    'a session pooler': { mode: 'session', poolSize: 20 },
  }

  for (const [title, options] of Object.entries(poolers)) {
    describe(`Knex behind ${title}`, () => {
      let world: TenantWorld
      let pooler: PgBouncer
      before(async () => {
        world = await createResidueWorld()
        pooler = await startPgBouncer(binary, world.appUrl, options)
      })
      after(async () => {
        await pooler.stop()
        await world.drop()
      })

      const isShared = options.mode === 'transaction'
      const open = (client: Partial<TenantClientOptions>): KnexApp =>
        openKnex(
          { ...world, appUrl: pooler.url },
          {
            client,
            config: { pool: { min: 0, max: 3 }, log: { warn: () => undefined } },
          },
        )
      const work = async ({ db, tenancy }: KnexApp, from: number) => {
        let next = 0
        const worker = async () => {
          while (next < UNITS) {
            const i = next++
            const tenant = i % 4 < 2 ? A : B
            const unit = UNITS_OF_WORK[i % UNITS_OF_WORK.length] as Unit
            const id = 1000 + from + 2 * i
            if (i % 3 === 0) await unit(forTenant(db, tenant), tenant, id)
            else await tenancy.run(tenant, () => unit(db, tenant, id))
          }
        }
        await Promise.all([worker(), worker(), worker(), worker()])
      }
      /** Another program, which leaves residue on the sessions of the pooler. */
      const leaveUntil = async (isOver: () => boolean) => {
        const kinds = Object.keys(LEAVINGS)
        while (!isOver()) {
          await withClient(pooler.url, async (other) => {
            for (const kind of kinds) {
              await other.query('select public.leave($1)', [kind]).catch(() => undefined)
              await turn()
            }
          })
        }
      }

      it('several applications beside a program that leaves residue: each tenant has its own rows', async () => {
        const settings = isShared ? APPS : { ...APPS, session: sessionOptions }
        const apps = Object.values(settings).map(open)
        let isOver = false
        const leaving = leaveUntil(() => isOver)
        try {
          await Promise.all(apps.map((app, i) => work(app, i * 10_000)))
        } finally {
          isOver = true
          await leaving
          for (const app of apps) await app[Symbol.asyncDispose]()
        }
        const written = await withClient(world.url, (admin) =>
          admin.query<{ title: string; tenant_id: string }>(
            'select distinct title, tenant_id from projects where id > 99 order by title',
          ),
        )
        expect(written.rows).to.deep.equal([
          { title: A, tenant_id: A },
          { title: B, tenant_id: B },
        ])
      }).timeout(60_000)

      if (isShared) {
        it('the strategy session is refused, and leaves no tenant behind', async () => {
          await using app = open({ strategy: 'session' })
          const { code } = await failure(app.tenancy.run(A, async () => ofTenant(app.db)))
          expect(code).to.equal('POOLER.DETECTED')
          const tenant = await withClient(pooler.url, async (next) => {
            const { rows } = await next.query(`select current_setting('app.tenant_id', true) as id`)
            return rows[0].id || null
          })
          expect(tenant).to.equal(null)
        })
      } else {
        it('the strategy session is refused unless the pooler is said to keep sessions', async () => {
          await using app = open({ strategy: 'session' })
          const { code } = await failure(app.tenancy.run(A, async () => ofTenant(app.db)))
          expect(code).to.equal('POOLER.DETECTED')
        })
      }
    })
  }
}

const sessionOptions = { strategy: 'session', poolerKeepsSessions: true } as const
