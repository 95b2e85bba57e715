import { exportProjects, webBody } from '../../../shared/projects.ts'
import { db, withTenant } from '../../with-tenant.ts'

export const GET = withTenant(
  async (_, tenant) => new Response(webBody(exportProjects(db, tenant))),
)
