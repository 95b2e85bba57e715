import { addPair, listProjects } from '../../../shared/projects.ts'
import { db, withTenant } from '../../with-tenant.ts'

export const GET = withTenant(async () => Response.json(await listProjects(db)))

export const POST = withTenant(async (request) => {
  const { title } = await request.json()
  await addPair(db, title)
  return new Response(null, { status: 201 })
})
