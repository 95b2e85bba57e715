import { importProjects } from '../../../shared/projects.ts'
import { db, withTenant } from '../../with-tenant.ts'

export const POST = withTenant(async ({ body }) => {
  // The types of the DOM do not say that a stream can be iterated; Node's can.
  const lines = body as unknown as AsyncIterable<Uint8Array>
  return Response.json({ count: await importProjects(db, lines) })
})
