import { importProjects } from '../../../shared/projects.ts'
import { db, withTenant } from '../../with-tenant.ts'

export const POST = withTenant(async ({ body }) => {
  const lines = body as unknown as AsyncIterable<Uint8Array>
  return Response.json({ count: await importProjects(db, lines) })
})
