/** An application that uses what each entry of the package exports. */
export const TARBALL_APP = `
import { Kysely } from 'kysely'
import {
  createTenancy, isTenancyError, TenantDialect, type TenantKysely, TenantPlugin, type WithTenant,
} from 'kysely-tenants'
import { audit } from 'kysely-tenants/audit'
import { defineConfig } from 'kysely-tenants/config'
import { Client, Pool } from 'pg'

const config = defineConfig({
  tenant: { type: 'uuid' },
  roles: { app: 'app_user', admin: 'app_admin' },
  tables: { projects: {}, templates: { shared: true }, 'billing.invoices': { column: 'org_id' } },
  global: ['countries'],
})
// @ts-expect-error
defineConfig({ tables: ['projects'], globals: [] }).globals satisfies never

interface Tables { projects: { tenant_id: string; name: string } }

const tenancy = createTenancy(config)
const db = new Kysely<WithTenant<Tables, 'projects'>>({
  dialect: new TenantDialect({ tenancy, pool: new Pool(), adminPool: new Pool() }),
  plugins: [new TenantPlugin({ tenancy })],
})

const names = (acme: TenantKysely<WithTenant<Tables, 'projects'>>): Promise<{ name: string }[]> =>
  acme.selectFrom('projects').select('name').execute()
await names(tenancy.forTenant(db, 'acme'))
// @ts-expect-error
await names(db)

await tenancy.run('acme', () => db.insertInto('projects').values({ name: 'x' }).execute())
// @ts-expect-error
await tenancy.run('acme', () => db.insertInto('projects').values({ name: 'x', tenant_id: 'y' }).execute())

const report = await audit(new Client(), config)
const levels: string[] = report.findings.map(({ level }) => level)
// @ts-expect-error
report.nothing

try {
} catch (error) {
  if (isTenancyError(error)) {
    error.code satisfies string
    // @ts-expect-error
    if (error.code === 'TENANT.NOTHING') throw levels
  }
}
`
