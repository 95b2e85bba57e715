import { Readable } from 'node:stream'
import fastify from 'fastify'
import { httpStatus } from 'kysely-tenants'
import { openDatabase, tenancy, tenantOf } from '../shared/database.ts'
import { addPair, exportProjects, importProjects, listProjects } from '../shared/projects.ts'

declare module 'fastify' {
  interface FastifyRequest {
    tenant: string
  }
}

export function createApp(url: string) {
  const { db, pool } = openDatabase(url)
  const app = fastify()
  app.decorateRequest('tenant', '')
  app.addContentTypeParser('application/x-ndjson', (_request, body, done) => done(null, body))

  app.addHook('onRequest', async (request, reply) => {
    const tenant = await tenantOf(db, new Headers(request.headers as Record<string, string>))
    if (tenant === undefined) return reply.code(404).send()
    request.tenant = tenant
    return undefined
  })
  // A hook with a callback: the scope of an async one ends with its promise. `preHandler`, since the
  // body has been parsed then, in the context of the socket.
  app.addHook('preHandler', (request, _, done) => tenancy.run(request.tenant, done))

  app.get('/projects', () => listProjects(db))
  app.post<{ Body: { title: string } }>('/projects', async (request, reply) => {
    await addPair(db, request.body.title)
    return reply.code(201).send()
  })
  app.get('/export', (request, reply) => {
    reply.send(Readable.from(exportProjects(db, request.tenant)))
  })
  app.post<{ Body: Readable }>('/import', async (request) => ({
    count: await importProjects(db, request.body),
  }))

  app.setErrorHandler((error, _, reply) => reply.code(httpStatus(error)).send())
  return { app, pool }
}
