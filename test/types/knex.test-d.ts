import knex, { type Knex } from 'knex'
import { createTenancy, forTenant, type TenantKnex, tenantClient } from 'kysely-tenants/knex'

const tenancy = createTenancy({ tables: ['projects'] })
const admin = knex({ client: 'pg', connection: 'postgres://localhost' })
const db = knex({
  client: tenantClient({
    tenancy,
    admin,
    guard: 'warn',
    strategy: 'set-local',
    prepare: { max: 8 },
  }),
  connection: 'postgres://localhost',
  pool: { min: 0, max: 10 },
})

interface Project {
  id: number
  name: string
}

/** Takes only what is bound to a tenant. */
async function countProjects(bound: TenantKnex): Promise<number> {
  const rows = await bound<Project>('projects').select('id')
  return rows.length
}

const acme = forTenant(db, 'acme')
void countProjects(acme)
void countProjects(forTenant(db, 42, { detached: true }))
void countProjects(forTenant(db, { tenant: 'acme', settings: { 'app.user_id': '1' } }))
const plain: Knex = acme
void plain

// @ts-expect-error Argument of type: a plain Knex is bound to no tenant
void countProjects(db)
// @ts-expect-error is not assignable to type: sequential is for other dialects of Kysely
tenantClient({ tenancy, strategy: 'sequential' })
// @ts-expect-error Property 'tenancy' is missing: there is no client without a tenancy
tenantClient({})
// @ts-expect-error is not assignable to: an object is no tenant id
forTenant(db, {})
