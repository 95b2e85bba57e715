import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import { httpStatus } from 'kysely-tenants'
import { openDatabase, tenancy, tenantOf } from '../shared/database.ts'
import { addPair, exportProjects, importProjects, listProjects } from '../shared/projects.ts'

export function createApp(url: string) {
  const { db, pool } = openDatabase(url)
  const app = express()
  app.use(express.json())

  // All that is begun from `next`, however deep, belongs to the tenant.
  app.use(async (request, response, next) => {
    const tenant = await tenantOf(db, new Headers(request.headers as Record<string, string>))
    if (tenant === undefined) response.sendStatus(404)
    else tenancy.run(tenant, next)
  })

  app.get('/projects', async (_, response) => {
    response.json(await listProjects(db))
  })
  app.post('/projects', async (request, response) => {
    await addPair(db, request.body.title)
    response.sendStatus(201)
  })
  app.get('/export', async (_, response) => {
    const rows = exportProjects(db, tenancy.current()?.tenant ?? '')
    await pipeline(Readable.from(rows), response)
  })
  app.post('/import', async (request, response) => {
    response.json({ count: await importProjects(db, request) })
  })

  app.use(((error, _, response, next) => {
    if (response.headersSent) next(error)
    else response.sendStatus(httpStatus(error))
  }) satisfies express.ErrorRequestHandler)
  return { app, pool }
}
