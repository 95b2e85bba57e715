import { expect } from 'chai'
import {
  type DatabaseConnection,
  Kysely,
  type KyselyPlugin,
  type LogEvent,
  NoResultError,
  sql,
} from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { createTenancy, TenantDialect, TenantPlugin } from '../../../src/index.ts'
import { failure, tenantsSeen } from '../../support/fault-bench.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { STRATEGIES, strategyOptions } from '../../support/strategies.ts'
import {
  A,
  B,
  createWorld,
  nextUser,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const CLEAN = { tenant: null, rows: 0, inTransaction: false }
const hasSignals = !loadedVersion('kysely').startsWith('0.28.')
// Kysely 0.28 has no such options.
type Options = never

for (const strategy of STRATEGIES) {
  describe(`every way into the driver, strategy ${strategy}`, () => {
    let world: TenantWorld
    let app: TenantDb
    let db: Kysely<Tables>

    const dialect = strategyOptions(strategy)
    const open = (options: NonNullable<Parameters<typeof openDb>[1]> = {}) =>
      openDb(world, { ...options, dialect: { ...dialect, ...options.dialect } })
    const inA = <T>(body: () => Promise<T>) => app.tenancy.run(A, body)
    const titles = (on: Kysely<Tables>) => on.selectFrom('projects').select('title').orderBy('id')

    before(async () => {
      world = await createWorld()
    })
    after(() => world.drop())
    beforeEach(() => {
      app = open()
      db = app.db
    })
    afterEach(async () => {
      if (!app.pool.ended) expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
      await app[Symbol.asyncDispose]()
    })

    describe('execute', () => {
      it('gives all rows, the first, or the error that there is none', async () => {
        await inA(async () => {
          expect(await titles(db).execute()).to.deep.equal([{ title: 'a one' }, { title: 'a two' }])
          expect(await titles(db).executeTakeFirst()).to.deep.equal({ title: 'a one' })
          expect(await titles(db).executeTakeFirstOrThrow()).to.deep.equal({ title: 'a one' })
          const three = titles(db).where('id', '=', 3)
          expect(await three.executeTakeFirst()).to.equal(undefined)
          expect(await failure(three.executeTakeFirstOrThrow())).to.be.instanceOf(NoResultError)
        })
      })

      it('counts the rows of the tenant that were inserted, updated and deleted', async () => {
        const row = { id: 9, title: 'nine', tenant_id: A }
        const counts = await inA(async () => [
          (await db.insertInto('projects').values(row).executeTakeFirst()).numInsertedOrUpdatedRows,
          (await db.updateTable('projects').set({ title: '9' }).executeTakeFirst()).numUpdatedRows,
          (await db.deleteFrom('projects').where('id', '=', 9).executeTakeFirst()).numDeletedRows,
        ])
        expect(counts).to.deep.equal([1n, 3n, 1n])
        const restore = sql`update projects set title = case id when 1 then 'a one' else 'a two' end`
        await inA(() => restore.execute(db))
      })

      it('counts the rows of the tenant that were merged, where the server has MERGE', async () => {
        const [server] = await inA(async () => {
          const version = sql<number>`current_setting('server_version_num')::int`
          return db.selectNoFrom(version.as('version')).execute()
        })
        const merge = inA(async () => {
          const result = await db
            .mergeInto('projects as p')
            .using('projects as q', 'p.id', 'q.id')
            .whenMatched()
            .thenUpdateSet({ id: sql`p.id` })
            .executeTakeFirst()
          return result.numChangedRows
        })
        if ((server?.version ?? 0) >= 150000) expect(await merge).to.equal(2n)
        else expect(await failure(merge)).to.include({ code: '42601' })
      })

      it('runs builders, raw SQL and compiled queries handed to executeQuery', async () => {
        // Compiled at the start of an application, outside every scope.
        const compiled = titles(db.withoutPlugins()).compile()
        const raw = sql`select title from projects order by id`
        const results = await inA(async () => [
          await db.executeQuery(titles(db)),
          await db.executeQuery(compiled),
          await db.executeQuery(raw.compile(db)),
          await raw.execute(db),
        ])
        for (const { rows } of results) {
          expect(rows).to.deep.equal([{ title: 'a one' }, { title: 'a two' }])
        }
      })

      it('explains and analyses a query with the rows of the tenant, and none without a scope', async () => {
        const explain = () => titles(db).explain('json', sql`analyze`)
        const [row] = await inA(explain)
        const plan = (row?.['QUERY PLAN'] ?? []) as { Plan: { 'Actual Rows': number } }[]
        expect(plan[0]?.Plan['Actual Rows']).to.equal(2)
        expect((await failure(explain())).code).to.equal('TENANT.MISSING')
      })
    })

    it('leads from an error of the server to the line that asked', async () => {
      async function askedHere() {
        await sql`select 1/0`.execute(db)
      }
      const { message, stack } = await failure(inA(askedHere))
      expect(message).to.equal('division by zero')
      expect(stack).to.match(/at async askedHere .*entry-points\.test\.ts/)
    })

    describe('stream', () => {
      it('serves two streams of one transaction one after the other, whoever began first', async () => {
        const drain = async (on: Kysely<Tables>) => {
          const rows = []
          for await (const row of titles(on).stream(1)) rows.push(row.title)
          return rows
        }
        const both = await inA(() =>
          db
            .transaction()
            .execute((trx) => Promise.all([drain(trx), drain(trx), tenantsSeen(trx)])),
        )
        expect(both).to.deep.equal([['a one', 'a two'], ['a one', 'a two'], [A]])
      })

      it('refuses a stream without a scope before a connection is taken', async () => {
        const read = async () => {
          for await (const _ of titles(db).stream()) expect.fail('a row was read')
        }
        expect((await failure(read())).code).to.equal('TENANT.MISSING')
        expect(app.pool.totalCount).to.equal(0)
      })

      it('says what is missing without a cursor, and gives the client back', async () => {
        const without = open({ dialect: { cursor: undefined } as object })
        try {
          const read = async () => {
            for await (const _ of titles(without.db).stream()) expect.fail('a row was read')
          }
          expect((await failure(without.tenancy.run(A, read))).message).to.contain('cursor')
          expect(await without.tenancy.run(A, () => tenantsSeen(without.db))).to.deep.equal([A])
        } finally {
          await without[Symbol.asyncDispose]()
        }
      })

      it('reports a statement that the server does not understand, in and out of a transaction', async () => {
        const read = async (on: Kysely<Tables>) => {
          const query = sql`select nonsense from projects`.compile(on)
          for await (const _ of on.getExecutor().stream(query, 1)) expect.fail('a row was read')
        }
        await inA(async () => {
          expect((await failure(read(db))).code).to.equal('42703')
          expect((await failure(db.transaction().execute(read))).code).to.equal('42703')
        })
      })
    })

    describe('transactions', () => {
      it('nest savepoints, which keep the tenant when they are rolled back and released', async () => {
        const insert = (on: Kysely<Tables>, id: number) =>
          on.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute()
        await inA(async () => {
          const trx = await db.startTransaction().execute()
          await insert(trx, 50)
          const outer = await trx.savepoint('outer').execute()
          await insert(outer, 51)
          const inner = await outer.savepoint('inner').execute()
          await insert(inner, 52)
          await inner.rollbackToSavepoint('inner').execute()
          expect(await tenantsSeen(inner)).to.deep.equal([A])
          await inner.releaseSavepoint('inner').execute()
          await outer.releaseSavepoint('outer').execute()
          expect(await tenantsSeen(trx)).to.deep.equal([A])
          const ids = await trx.selectFrom('projects').select('id').orderBy('id').execute()
          expect(ids.map(({ id }) => id)).to.deep.equal([1, 2, 50, 51])
          await trx.rollback().execute()
          expect(await titles(db).execute()).to.have.length(2)
        })
      })

      it('have their isolation level, access mode and tenant, controlled or not', async () => {
        const read = async (trx: Kysely<Tables>) => {
          const { rows } = await sql<{ mode: string }>`
            select current_setting('transaction_isolation') || ', '
              || current_setting('transaction_read_only') as mode`.execute(trx)
          return [rows[0]?.mode, await tenantsSeen(trx)]
        }
        await inA(async () => {
          for (const level of ['read committed', 'repeatable read', 'serializable'] as const) {
            const automatic = db.transaction().setIsolationLevel(level).setAccessMode('read only')
            expect(await automatic.execute(read)).to.deep.equal([`${level}, on`, [A]])
            const trx = await db
              .startTransaction()
              .setIsolationLevel(level)
              .setAccessMode('read write')
              .execute()
            expect(await read(trx)).to.deep.equal([`${level}, off`, [A]])
            await trx.commit().execute()
          }
        })
      })

      it('refuse a write in a read-only transaction with the error of the server', async () => {
        const write = () =>
          db
            .transaction()
            .setAccessMode('read only')
            .execute((trx) => trx.deleteFrom('projects').execute())
        expect((await failure(inA(write))).code).to.equal('25006')
      })

      it('run parallel statements one after the other, and all of them when one fails', async () => {
        const settled = await inA(() =>
          db.transaction().execute(async (trx) => {
            await sql`savepoint s`.execute(trx)
            const all = await Promise.allSettled([
              tenantsSeen(trx),
              sql`select 1/0`.execute(trx),
              tenantsSeen(trx),
            ])
            await sql`rollback to s`.execute(trx)
            return [...all, await tenantsSeen(trx)]
          }),
        )
        const told = settled.map((one) =>
          'status' in one ? (one.status === 'fulfilled' ? one.value : one.reason.code) : one,
        )
        expect(told).to.deep.equal([[A], '22012', '25P02', [A]])
      })

      it('run a compiled query of another tenant with their own tenant', async () => {
        const compiled = app.tenancy.run(B, () => titles(db).select('tenant_id').compile())
        const { rows } = await inA(() =>
          db.transaction().execute((trx) => trx.executeQuery(compiled)),
        )
        expect(rows.map(({ tenant_id }) => tenant_id)).to.deep.equal([A, A])
      })
    })

    describe('a handle', () => {
      it('keeps its tenant with plugins, without plugins, with a schema and with other tables', async () => {
        const seen: string[] = []
        const spy: KyselyPlugin = {
          transformQuery: ({ node }) => {
            seen.push(node.kind)
            return node
          },
          transformResult: async ({ result }) => result,
        }
        const a = app.tenancy.forTenant(db, A)
        const variants = [
          ...[a.withPlugin(spy), a.withoutPlugins(), a.withSchema('public')],
          ...[a.withSchema('public').withPlugin(spy), ...withOtherTables(a)],
        ]
        for (const variant of variants) {
          expect(await tenantsSeen(variant)).to.deep.equal([A])
          expect(await variant.connection().execute(tenantsSeen)).to.deep.equal([A])
          expect(await variant.transaction().execute(tenantsSeen)).to.deep.equal([A])
          await variant.transaction().execute(async (trx) => {
            const copies = [trx.withoutPlugins().withSchema('public'), ...withOtherTables(trx)]
            for (const copy of copies) expect(await tenantsSeen(copy)).to.deep.equal([A])
          })
          const trx = await variant.startTransaction().execute()
          for (const copy of withOtherTables(trx)) {
            expect(await tenantsSeen(copy)).to.deep.equal([A])
          }
          await trx.rollback().execute()
        }
        expect(seen.filter((kind) => kind === 'SelectQueryNode')).to.have.length(
          2 * (3 + 2 * withOtherTables(a).length),
        )
      })

      it('refuses another tenant through each of them', async () => {
        const a = app.tenancy.forTenant(db, A)
        for (const variant of [a, a.withoutPlugins(), a.withSchema('public')]) {
          const read = app.tenancy.run(B, () => tenantsSeen(variant))
          expect((await failure(read)).code).to.equal('TENANT.MISMATCH')
        }
      })

      it('is made of what a Kysely was made into, and not the other way round', async () => {
        const bound = app.tenancy.forTenant(db.withSchema('public'), A)
        expect(await tenantsSeen(bound)).to.deep.equal([A])
        const unguarded = app.tenancy.forTenant(db.withoutPlugins(), A)
        expect(await tenantsSeen(unguarded)).to.deep.equal([A])
        expect((await failure(tenantsSeen(db))).code).to.equal('TENANT.MISSING')
      })

      it('serves interleaved statements, transactions and streams of many tenants', async () => {
        const many = open({ pool: { max: 3 } })
        try {
          const ways: ((on: Kysely<Tables>) => Promise<string[]>)[] = [
            tenantsSeen,
            (on) => on.transaction().execute(tenantsSeen),
            async (on) => {
              const streamed = new Set<string>()
              const rows = on.selectFrom('projects').select('tenant_id').stream(1)
              for await (const { tenant_id } of rows) streamed.add(tenant_id)
              return [...streamed]
            },
          ]
          const tenants = Array.from({ length: 30 }, (_, i) => (i % 2 ? A : B))
          const seen = await Promise.all(
            tenants.map((tenant, i) =>
              ways[i % 3]?.(many.tenancy.forTenant(many.db, tenant) as Kysely<Tables>),
            ),
          )
          expect(seen).to.deep.equal(tenants.map((tenant) => [tenant]))
        } finally {
          await many[Symbol.asyncDispose]()
        }
      })

      it('leaves the pool alone when it is destroyed or disposed of', async () => {
        const a = app.tenancy.forTenant(db, A)
        expect(await tenantsSeen(a)).to.deep.equal([A])
        await a.destroy()
        await a[Symbol.asyncDispose]()
        expect(app.pool.ended).to.equal(false)
        expect(await tenantsSeen(app.tenancy.forTenant(db, B))).to.deep.equal([B])
      })
    })

    describe('log', () => {
      it('tells each statement once, with its handle, its transaction and its stream, and each error', async () => {
        const lines: string[] = []
        const log = ({ level, query }: LogEvent) => void lines.push(`${level} ${query.sql}`)
        const logged = open({ kysely: { log } })
        try {
          const { tenancy } = logged
          const select = 'select "title" from "projects" order by "id"'
          // The dialect inside sends the transactions, and has no log.
          const isTold = (line: string) =>
            strategy !== 'sequential' || !['query begin', 'query commit'].includes(line)
          for (let i = 0; i < 3; i++) {
            const handle = tenancy.forTenant(logged.db, A)
            await titles(handle).execute()
            await handle.transaction().execute((trx) => titles(trx).execute())
            for await (const _ of titles(handle).stream(1));
            await failure(sql`select 1/0`.execute(handle))
            const told = lines.splice(0)
            expect(told).to.deep.equal(
              [
                ...[`query ${select}`, 'query begin', `query ${select}`, 'query commit'],
                ...[`query ${select}`, 'error select 1/0'],
              ].filter(isTold),
            )
          }
          await tenancy.run(A, () => titles(logged.db).execute())
          expect(lines).to.deep.equal([`query ${select}`])
        } finally {
          await logged[Symbol.asyncDispose]()
        }
      })
    })

    describe('hooks', () => {
      it('run in the scope: once for each client, and once for each connection', async () => {
        const calls: string[] = []
        const note = (name: string) => async (connection: DatabaseConnection) => {
          const { rows } = await connection.executeQuery<{ tenant: string }>(
            sql<{ tenant: string }>`
              select nullif(current_setting('app.tenant_id', true), '') as tenant`.compile(db),
          )
          calls.push(`${name} ${rows[0]?.tenant}`)
        }
        const hooked = open({
          dialect: { onCreateConnection: note('create'), onReserveConnection: note('reserve') },
        })
        try {
          const { tenancy } = hooked
          await tenancy.run(A, () => tenantsSeen(hooked.db))
          await tenancy.run(B, () => hooked.db.transaction().execute(tenantsSeen))
          await tenantsSeen(tenancy.forTenant(hooked.db, A))
          // They belong to the dialect inside, which knows no tenant: no row is seen.
          const [a, b] = strategy === 'sequential' ? [null, null] : [A, B]
          expect(calls).to.deep.equal([
            ...[`create ${a}`, `reserve ${a}`, `reserve ${b}`, `reserve ${a}`],
          ])
        } finally {
          await hooked[Symbol.asyncDispose]()
        }
      })

      for (const hook of ['onCreateConnection', 'onReserveConnection'] as const) {
        it(`lose no client when ${hook} throws, and are asked again`, async () => {
          let failures = 3
          const failing = open({
            dialect: {
              [hook]: async (connection: DatabaseConnection) => {
                await connection.executeQuery(sql`select 1`.compile(db))
                if (failures-- > 0) throw new Error(hook)
              },
            },
          })
          try {
            const { tenancy, pool } = failing
            const run = [
              () => tenancy.run(A, () => tenantsSeen(failing.db)),
              () => tenancy.run(A, () => failing.db.transaction().execute(tenantsSeen)),
              () => tenantsSeen(tenancy.forTenant(failing.db, A)),
            ]
            for (const read of run) expect((await failure(read())).message).to.equal(hook)
            for (const read of run) expect(await read()).to.deep.equal([A])
            expect(await nextUser(pool)).to.deep.equal(CLEAN)
            const { totalCount, idleCount, waitingCount } = pool
            expect({ totalCount, idleCount, waitingCount }).to.deep.equal({
              totalCount: 1,
              idleCount: 1,
              waitingCount: 0,
            })
          } finally {
            await failing[Symbol.asyncDispose]()
          }
        })
      }

      it('may fail on the server: the statement gets that error, the next one a new client', async () => {
        let isFirst = true
        const failing = open({
          dialect: {
            onReserveConnection: async (connection: DatabaseConnection) => {
              const text = isFirst ? sql`begin` : sql`select 1`
              isFirst = false
              await connection.executeQuery(text.compile(db))
            },
          },
        })
        try {
          const { tenancy } = failing
          // A hook that leaves a transaction open takes its client with it.
          await tenancy.run(A, () => tenantsSeen(failing.db)).catch(() => undefined)
          expect(await tenancy.run(B, () => tenantsSeen(failing.db))).to.deep.equal([B])
          expect(await nextUser(failing.pool)).to.deep.equal(CLEAN)
        } finally {
          await failing[Symbol.asyncDispose]()
        }
      })
    })

    describe('destroy', () => {
      const openPools = () => {
        const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
        const pool = new pg.Pool({ connectionString: world.appUrl, max: 1 })
        const adminPool = new pg.Pool({ connectionString: world.adminUrl, max: 1 })
        const make = (pools: object) =>
          new Kysely<Tables>({
            dialect: new TenantDialect({ tenancy, pool, cursor: Cursor, ...dialect, ...pools }),
            plugins: [new TenantPlugin({ tenancy })],
          })
        return { tenancy, pool, adminPool, make }
      }

      it('ends the pools of the tenants and of the admin, once, and refuses what comes after', async () => {
        const { tenancy, pool, adminPool, make } = openPools()
        const own = make({ adminPool })
        const handle = tenancy.forTenant(own, A)
        expect(await tenantsSeen(handle)).to.deep.equal([A])
        await own.destroy()
        await own[Symbol.asyncDispose]()
        expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
        for (const read of [
          () => tenantsSeen(handle),
          () => tenancy.run(A, () => tenantsSeen(own)),
        ])
          expect((await failure(read())).message).to.contain('destroyed')
      })

      it('before the first query leaves pools it was given to whoever made them, as Kysely does', async () => {
        const { pool, adminPool, make } = openPools()
        await make({ adminPool }).destroy()
        expect([pool.ended, adminPool.ended]).to.deep.equal([false, false])
        await Promise.all([pool.end(), adminPool.end()])
      })

      it('before the first query opens no pool that it would have to make', async () => {
        const { pool, adminPool, make } = openPools()
        await Promise.all([pool.end(), adminPool.end()])
        let made = 0
        const lazy = async () => {
          made++
          return pool
        }
        await make({ pool: lazy, adminPool: lazy }).destroy()
        expect(made).to.equal(0)
      })

      it('waits for the transaction that is running', async () => {
        const { tenancy, pool, adminPool, make } = openPools()
        const own = make({ adminPool })
        let destroyed: Promise<void> = Promise.resolve()
        const seen = await tenancy.run(A, () =>
          own.transaction().execute(async (trx) => {
            destroyed = own.destroy()
            return tenantsSeen(trx)
          }),
        )
        expect(seen).to.deep.equal([A])
        await destroyed
        expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
      })

      it('is not needed for a pool that could not be made, which is tried again', async () => {
        const { tenancy, pool, adminPool, make } = openPools()
        let attempts = 0
        const own = make({
          pool: async () => {
            if (++attempts === 1) throw new Error('no secret yet')
            return pool
          },
          adminPool: async () => adminPool,
        })
        const read = () => tenancy.run(A, () => tenantsSeen(own))
        expect((await failure(read())).message).to.equal('no secret yet')
        expect(await read()).to.deep.equal([A])
        await own.destroy()
        expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
      })
    })

    if (hasSignals) {
      describe('abort signals', () => {
        const strategies = ['ignore query', 'cancel query', 'kill session'] as const

        for (const inflightQueryAbortStrategy of strategies) {
          it(`that nobody aborts change nothing: ${inflightQueryAbortStrategy}`, async () => {
            const { signal } = new AbortController()
            const options = { signal, inflightQueryAbortStrategy } as Options
            const { pid } = await inA(async () => {
              expect(await titles(db).execute(options)).to.have.length(2)
              expect(await titles(db).executeTakeFirst(options)).to.deep.equal({ title: 'a one' })
              const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
                db,
              )
              return rows[0] as { pid: number }
            })
            const { rows } = await app.tenancy.run(B, () =>
              sql`select pg_backend_pid() as pid`.execute(db),
            )
            expect(rows).to.deep.equal([{ pid }])
          })
        }

        it('that are aborted already send nothing and take no connection', async () => {
          const options = { signal: AbortSignal.abort(new Error('too late')) } as Options
          const read = () => titles(db).execute(options)
          expect((await failure(inA(read))).message).to.equal('too late')
          expect(app.pool.totalCount).to.equal(0)
        })

        it('abort one statement of a transaction, which is then rolled back', async () => {
          const abort = new AbortController()
          const run = inA(() =>
            db.transaction().execute(async (trx) => {
              await trx
                .insertInto('projects')
                .values({ id: 60, title: 't', tenant_id: A })
                .execute()
              const sleep = trx.selectNoFrom(sql`pg_sleep(0.05)`.as('s'))
              const slept = sleep.execute({ signal: abort.signal } as Options)
              setImmediate(() => abort.abort(new Error('no longer wanted')))
              await slept
            }),
          )
          expect((await failure(run)).message).to.equal('no longer wanted')
          expect(await inA(() => titles(db).execute())).to.have.length(2)
        })
      })
    }
  })
}

/** What a Kysely is made into that has other tables for the compiler; 0.28 can do the first alone. */
function withOtherTables(on: Kysely<Tables>): Kysely<Tables>[] {
  const copies: object[] = [on.withTables<{ other: { id: number } }>()]
  if ('$pickTables' in on) {
    copies.push(on.$extendTables<{ other: { id: number } }>())
    copies.push(on.$pickTables<'projects'>(), on.$omitTables<'countries'>())
  }
  return copies as Kysely<Tables>[]
}
