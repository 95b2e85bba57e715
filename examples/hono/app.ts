import { Hono } from 'hono'
import { httpStatus } from 'kysely-tenants'
import { openDatabase, tenancy, tenantOf } from '../shared/database.ts'
import {
  addPair,
  exportProjects,
  importProjects,
  listProjects,
  webBody,
} from '../shared/projects.ts'

export function createApp(url: string) {
  const { db, pool } = openDatabase(url)
  const app = new Hono<{ Variables: { tenant: string } }>()

  app.use(async (context, next) => {
    const tenant = await tenantOf(db, context.req.raw.headers)
    if (tenant === undefined) return context.body(null, 404)
    context.set('tenant', tenant)
    return tenancy.run(tenant, next)
  })

  app.get('/projects', async (context) => context.json(await listProjects(db)))
  app.post('/projects', async (context) => {
    const { title } = await context.req.json<{ title: string }>()
    await addPair(db, title)
    return context.body(null, 201)
  })
  app.get('/export', (context) => {
    return context.body(webBody(exportProjects(db, context.get('tenant'))))
  })
  app.post('/import', async (context) => {
    // The types of the DOM do not say that a stream can be iterated; Node's can.
    const body = context.req.raw.body as unknown as AsyncIterable<Uint8Array>
    return context.json({ count: await importProjects(db, body) })
  })

  app.onError((error, context) => context.body(null, httpStatus(error) as 500))
  return { app, pool }
}
