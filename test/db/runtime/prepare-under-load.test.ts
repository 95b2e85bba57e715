import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { pgbouncerBinary, startPgBouncer } from '../../support/pgbouncer.ts'
import { A, B, createWorld, openDb, type Tables, type TenantWorld } from '../../support/tenants.ts'

const WORKERS = 8
const TEXTS = 700
const MB = 1024 * 1024

describe('prepare by default', () => {
  let world: TenantWorld
  let owner: pg.Client
  before(async () => {
    world = await createWorld()
    owner = new pg.Client({ connectionString: world.url })
    await owner.connect()
  })
  after(async () => {
    await owner.end()
    await world.drop()
  })

  const titlesOf = (db: Kysely<Tables>) =>
    db
      .selectFrom('projects')
      .selectAll()
      .orderBy('id')
      .execute()
      .then((rows) => rows.map(({ title }) => title))
  const TITLES = { [A]: ['a one', 'a two'], [B]: ['b one', 'b three'] }

  it('meets tables that change under load: no error, and the rows of the tenant', async () => {
    await using app = openDb(world, { pool: { max: 4 } })
    const { db, tenancy } = app
    let isChanging = true
    let ran = 0
    const seen: Record<string, Set<string>> = { [A]: new Set(), [B]: new Set() }
    const work = async (tenant: string) => {
      const read = [
        () => titlesOf(db),
        () => db.transaction().execute((trx) => titlesOf(trx)),
        () =>
          db.transaction().execute(async (trx) => {
            await trx.selectFrom('countries').selectAll().execute()
            await trx.updateTable('projects').set({ id: sql`id` }).execute()
            return titlesOf(trx)
          }),
      ]
      for (let i = 0; isChanging; i++) {
        const rows = await tenancy.run(tenant, read[i % read.length] ?? (() => titlesOf(db)))
        seen[tenant]?.add(rows.join())
        ran++
      }
    }
    const changes = async () => {
      for (let i = 0; i < 10; i++) {
        await owner.query('alter table projects add spare text')
        await owner.query(
          `alter table projects alter id type ${i % 2 === 0 ? 'bigint' : 'integer'}`,
        )
        await owner.query('alter table projects drop spare')
        const before = ran
        // Each shape of the table is read before the next one.
        while (ran < before + WORKERS) await new Promise(setImmediate)
      }
      isChanging = false
    }
    const workers = Array.from({ length: WORKERS }, (_, i) => work(i % 2 === 0 ? A : B))
    try {
      await Promise.all([changes(), ...workers])
    } finally {
      isChanging = false
      await Promise.allSettled(workers)
    }
    expect(seen).to.deep.equal({
      [A]: new Set([TITLES[A].join()]),
      [B]: new Set([TITLES[B].join()]),
    })
  }).timeout(60_000)

  it(`keeps 256 names of ${TEXTS} texts, on the server and here`, async () => {
    await owner.query(`grant select on pg_backend_memory_contexts to ${world.name}_app;
      grant execute on function pg_get_backend_memory_contexts() to ${world.name}_app`)
    await using app = openDb(world)
    const { db, tenancy } = app
    const server = async () => {
      const { rows } = await sql<{ names: number; bytes: number }>`
        select (select count(*)::int from pg_prepared_statements where name like 'kt\\_%') as names,
          (select sum(used_bytes)::int from pg_backend_memory_contexts) as bytes`.execute(db)
      return rows[0] ?? { names: 0, bytes: 0 }
    }
    const run = (from: number, to: number) =>
      tenancy.run(A, async () => {
        for (let i = from; i < to; i++) {
          const text = sql`select title from projects where id = ${sql.lit(i)}`
          for (let times = 0; times < 2; times++) await text.execute(db)
        }
        return server()
      })
    const first = await run(0, 300)
    const last = await run(300, TEXTS)
    expect([first.names, last.names]).to.deep.equal([256, 256])
    expect(last.bytes - first.bytes).to.be.below(2 * MB)
  }).timeout(60_000)

  const binary = pgbouncerBinary()
  if (binary === undefined) it('meets a pooler in its path: PgBouncer is not installed')
  else {
    it('goes without names from when a pooler stands in its path', async () => {
      const pooler = await startPgBouncer(binary, world.appUrl, {
        mode: 'transaction',
        poolSize: 2,
      })
      const relay = await startRelay(world.appUrl)
      try {
        await using app = openDb({ ...world, appUrl: relay.url }, { pool: { max: 4 } })
        const read = (tenant: string) => app.tenancy.run(tenant, () => titlesOf(app.db))
        const all = async () => {
          const rows: string[][] = []
          for (let i = 0; i < 6; i++) {
            rows.push(...(await Promise.all([A, B, A, B].map((tenant) => read(tenant)))))
          }
          return new Set(rows.map(String))
        }
        const both = new Set([String(TITLES[A]), String(TITLES[B])])
        expect(await all()).to.deep.equal(both)
        expect(await namesOn(app.db, app.tenancy)).to.be.above(0)
        await relay.leadTo(pooler.url)
        while (app.pool.totalCount > 0) await once(app.pool, 'remove')
        expect(await all()).to.deep.equal(both)
        expect(await namesOn(app.db, app.tenancy)).to.equal(0)
      } finally {
        await relay.stop()
        await pooler.stop()
      }
    }).timeout(30_000)
  }
})

function namesOn(
  db: Kysely<Tables>,
  tenancy: { run: ReturnType<typeof openDb>['tenancy']['run'] },
) {
  return tenancy.run(A, async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int from pg_prepared_statements where name like 'kt\\_%'`.execute(db)
    return rows[0]?.count
  })
}

/** A way to a server that can lead to another one; what stands then is cut. */
async function startRelay(target: string) {
  let to = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = dial({ host: to.hostname, port: Number(to.port) })
    for (const [from, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(other)
      from.on('error', () => other.destroy())
      from.on('close', () => {
        other.destroy()
        sockets.delete(from)
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(target)
  url.host = `127.0.0.1:${address.port}`
  const cut = () => Promise.all([...sockets].map((socket) => closed(socket)))
  return {
    url: url.href,
    async leadTo(other: string) {
      to = new URL(other)
      await cut()
    },
    async stop() {
      await cut()
      server.close()
    },
  }
}

async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return
  const end = once(socket, 'close')
  socket.destroy()
  await end
}
