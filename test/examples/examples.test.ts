import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { expect } from 'chai'
import type pg from 'pg'
import { createApp as createExpress } from '../../examples/express/app.ts'
import { createApp as createFastify } from '../../examples/fastify/app.ts'
import { createApp as createHono } from '../../examples/hono/app.ts'
import { createApp as createKnex } from '../../examples/knex-objection/app.ts'
import { createApp as createTrpc } from '../../examples/trpc/app.ts'
import { withClient } from '../support/postgres.ts'
import { attack, HTTP_KINDS } from './attack.ts'
import { createExampleWorld, type ExampleWorld } from './world.ts'

const busyOf = (pool: pg.Pool) => () => pool.totalCount - pool.idleCount

describe('an example, under 4000 requests of 20 tenants, 30 % of them cut off', function () {
  this.timeout(600_000)
  let world: ExampleWorld
  before(async () => {
    world = await createExampleWorld()
  })
  after(() => world.drop())
  beforeEach(() => withClient(world.url, (client) => client.query('truncate projects')))

  it('with Express shows no row of another tenant, loses no client and leaves nothing half done', async () => {
    const { app, pool } = createExpress(world.appUrl)
    await serve(app.listen(0), async (origin) => {
      await attack(world, { origin, busyClients: busyOf(pool) })
    })
    await pool.end()
  })

  it('with Fastify does so', async () => {
    const { app, pool } = createFastify(world.appUrl)
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    await attack(world, { origin, busyClients: busyOf(pool) })
    await app.close()
    await pool.end()
  })

  it('with Hono does so', async () => {
    const { app, pool } = createHono(world.appUrl)
    const server = createAdaptorServer(app) as Server
    await serve(server.listen(0), async (origin) => {
      await attack(world, { origin, busyClients: busyOf(pool) })
    })
    await pool.end()
  })

  it('with the route handlers of Next does so', async () => {
    process.env.APP_DATABASE_URL = world.appUrl
    const folder = '../../examples/next'
    const { pool } = await import(`${folder}/with-tenant.ts`)
    const routes = new Map<string, Record<string, (request: Request) => Promise<Response>>>()
    for (const path of ['projects', 'export', 'import']) {
      routes.set(`/${path}`, await import(`${folder}/app/${path}/route.ts`))
    }
    const server = createAdaptorServer({
      fetch: (request) =>
        routes.get(new URL(request.url).pathname)?.[request.method]?.(request) ??
        new Response(null, { status: 404 }),
    }) as Server
    await serve(server.listen(0), async (origin) => {
      await attack(world, { origin, busyClients: busyOf(pool) })
    })
    await pool.end()
  })

  it('with Knex and Objection does so', async () => {
    const { app, db } = createKnex(world.appUrl)
    await serve(app.listen(0), async (origin) => {
      await attack(world, { origin, busyClients: () => db.client.pool.numUsed() })
    })
    await db.destroy()
  })

  it('with tRPC does so', async () => {
    const { router, pool } = createTrpc(world.appUrl)
    const server = createHTTPServer({
      router,
      createContext: ({ req }) => ({ headers: new Headers(req.headers as Record<string, string>) }),
    })
    const kinds = HTTP_KINDS.filter(({ name }) => name !== 'export' && name !== 'import').map(
      (kind) => ({
        ...kind,
        allowed: kind.allowed.map((status) => (status === 201 ? 200 : status)),
        send: ((send, ...rest) =>
          kind.send(
            (_, options) => {
              const path = options.method === 'POST' ? '/add' : '/list'
              return send(path, options)
            },
            ...rest,
          )) as typeof kind.send,
      }),
    )
    await serve((server as Server).listen(0), async (origin) => {
      await attack(world, { origin, busyClients: busyOf(pool) }, kinds)
    })
    await pool.end()
    expect(pool.totalCount).to.equal(0)
  })
})

async function serve(server: Server, body: (origin: string) => Promise<void>): Promise<void> {
  if (!server.listening) await once(server, 'listening')
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
}
