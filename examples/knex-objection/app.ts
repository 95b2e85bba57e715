import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import knex from 'knex'
import { createTenancy, forTenant, httpStatus, tenantClient } from 'kysely-tenants/knex'
import { Model } from 'objection'
import { lines } from '../shared/projects.ts'

class Project extends Model {
  static override tableName = 'projects'
  declare id: string
  declare tenant_id: string
  declare title: string
}

const tenancy = createTenancy({
  tenant: { type: 'text' },
  tables: ['projects'],
  global: ['memberships'],
})

export function createApp(url: string) {
  const db = knex({
    client: tenantClient({ tenancy }),
    connection: url,
    pool: { min: 0, max: 5 },
    log: { warn: () => undefined },
  })
  Project.knex(db)
  const app = express()
  app.use(express.json())

  // The header only proposes a tenant; the memberships decide.
  app.use(async ({ headers }, response, next) => {
    const membership = await tenancy.runGlobal(() =>
      db('memberships')
        .first('tenant_id')
        .where({
          user_id: headers.authorization?.replace(/^Bearer /, '') ?? '',
          tenant_id: headers['x-tenant'] ?? '',
        }),
    )
    if (membership) tenancy.run(membership.tenant_id, next)
    else response.sendStatus(404)
  })

  app.get('/projects', async (_, response) => {
    response.json(await Project.query().orderBy('id', 'desc').limit(20))
  })
  app.post('/projects', async ({ body: { title } }, response) => {
    await Project.transaction(async (trx) => {
      await Project.query(trx).insert({ title })
      if (title.startsWith('fail')) throw new Error('the handler has failed midway')
      await trx('projects').insert({ title })
    })
    response.sendStatus(201)
  })
  app.get('/export', async (_, response) => {
    // The body is read in the context of the socket, so its query belongs to a handle.
    const handle = forTenant(db, tenancy.current()?.tenant ?? '', { detached: true })
    const rows = handle('projects').orderBy('id').stream()
    const text = rows.map((row) => `${JSON.stringify(row)}\n`)
    await pipeline(text as Readable, response)
  })
  app.post('/import', async (request, response) => {
    const count = await db.transaction(async (trx) => {
      let inserted = 0
      for await (const title of lines(request)) {
        await trx('projects').insert({ title })
        inserted++
      }
      return inserted
    })
    response.json({ count })
  })

  app.use(((error, _, response, next) => {
    if (response.headersSent) next(error)
    else response.sendStatus(httpStatus(error))
  }) satisfies express.ErrorRequestHandler)
  return { app, db }
}
