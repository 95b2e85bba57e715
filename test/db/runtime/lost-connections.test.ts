import { once } from 'node:events'
import { createServer, connect as dial, type Server } from 'node:net'
import { expect } from 'chai'
import { sql } from 'kysely'
import type pg from 'pg'
import { type ChaosProxy, startChaosProxy } from '../../soak/chaos-proxy.ts'
import { withClient } from '../../support/postgres.ts'
import {
  A,
  B,
  createWorld,
  nextUser,
  openDb,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

describe('P3 in doubt, destroy: a connection that is lost', () => {
  let world: TenantWorld
  let proxy: ChaosProxy
  let app: TenantDb

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(async () => {
    proxy = await startChaosProxy(world.appUrl)
  })
  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await proxy.stop()
  })

  const open = (pool: pg.PoolConfig = {}, appUrl = proxy.url) => {
    app = openDb({ ...world, appUrl }, { pool })
  }

  const expectNextScopeWorks = async () => {
    const { db, tenancy, pool } = app
    const titles = await tenancy.run(B, () => db.selectFrom('projects').select('title').execute())
    expect(titles.map(({ title }) => title).sort()).to.deep.equal(['b one', 'b three'])
    expect(await nextUser(pool)).to.deep.equal({ tenant: null, rows: 0, inTransaction: false })
  }

  it('lets a stream be left', async () => {
    open()
    await app.tenancy.run(A, async () => {
      for await (const _ of app.db.selectFrom('projects').selectAll().stream(1)) {
        proxy.reset(0)
        break
      }
    })
    await expectNextScopeWorks()
  })

  it('lets a stream be left when the network only swallows, once the timeout has struck', async () => {
    open({ query_timeout: 200 })
    await app.tenancy.run(A, async () => {
      for await (const _ of app.db.selectFrom('projects').selectAll().stream(1)) {
        proxy.blackHole(0)
        break
      }
    })
    await expectNextScopeWorks()
  })

  it('is told after the last row of a stream, like an error that comes with the end of it', async () => {
    await withClient(world.url, (admin) =>
      admin.query(`create table unique_titles (title text unique deferrable initially deferred);
        grant select, insert on unique_titles to ${world.name}_app`),
    )
    open()
    const twice = sql`insert into unique_titles values ('t'), ('t') returning title`
    const rows = app.db.getExecutor().stream(twice.compile(app.db), 10)
    const failed = app.tenancy
      .run(A, () => rows.next())
      .then(
        () => undefined,
        (error) => error.code,
      )
    expect(await failed).to.equal('23505')
    await expectNextScopeWorks()
  })

  // A process that ends by an `error` event without a listener fails the run.
  it('does not end the process while its client waits for the check of the login', async () => {
    open({ max: 2, query_timeout: 300 })
    const [mute, killed] = await Promise.all([app.pool.connect(), app.pool.connect()])
    const { rows } = await killed.query('select pg_backend_pid() as pid')
    proxy.blackHole(0)
    // The one that was given back last is the first to be handed out, and to ask.
    killed.release()
    mute.release()
    const scopes = [A, B].map((tenant) =>
      app.tenancy
        .run(tenant, () => app.db.selectFrom('projects').selectAll().execute())
        .then(
          () => 'done',
          (error) => error.message,
        ),
    )
    await terminate(rows[0].pid)
    // Each client is looked at first, and one that does not answer is replaced by another.
    const lost = 'terminating connection due to administrator command'
    const [first, second] = await Promise.all(scopes)
    expect(first).to.equal('done')
    expect(second).to.be.oneOf(['done', lost])
    await expectNextScopeWorks()
  })

  it('does not end the process when it dies in the packet that opens it', async () => {
    const server = await startBelated(world.appUrl, async () => {
      const pids = await withClient(world.url, (admin) =>
        admin.query('select pid from pg_stat_activity where usename = $1', [`${world.name}_app`]),
      )
      for (const { pid } of pids.rows) await terminate(pid)
    })
    try {
      open({}, server.url)
      const error = await app.tenancy
        .run(A, () => app.db.selectFrom('projects').selectAll().execute())
        .then(
          () => undefined,
          (reason) => reason,
        )
      expect(error).to.be.an('error')
    } finally {
      await server.stop()
    }
  })

  const terminate = (pid: number) =>
    withClient(world.url, (admin) =>
      admin.query(`do $$ begin
        perform pg_terminate_backend(${pid});
        while exists (select from pg_stat_activity where pid = ${pid}) loop
          perform pg_sleep(0.005); perform pg_stat_clear_snapshot(); end loop; end $$`),
    )
})

interface Belated {
  readonly url: string
  stop(): Promise<void>
}

/** A proxy that keeps back that the server is ready until it was killed, and tells both in one packet. */
async function startBelated(target: string, kill: () => Promise<void>): Promise<Belated> {
  const { hostname, port } = new URL(target)
  const server: Server = createServer((client) => {
    const upstream = dial({ host: hostname, port: Number(port) })
    client.pipe(upstream)
    client.on('error', () => upstream.destroy())
    const said: Buffer[] = []
    upstream.on('data', (chunk) => {
      if (!isReady(chunk) && said.length === 0) return client.write(chunk)
      if (said.push(chunk) === 1) kill()
    })
    upstream.on('close', () => client.end(Buffer.concat(said)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    async stop() {
      server.close()
      await once(server, 'close')
    },
  }
}

const READY_FOR_QUERY = Buffer.from('Z\0\0\0\x05I', 'latin1')

function isReady(chunk: Buffer): boolean {
  return chunk.subarray(-READY_FOR_QUERY.length).equals(READY_FOR_QUERY)
}
