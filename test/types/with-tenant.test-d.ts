import { expectTypeOf } from 'expect-type'
import type { Generated, Insertable, Kysely, Selectable, Updateable } from 'kysely'
import type { Tenancy, WithTenant } from 'kysely-tenants'
import { defineConfig } from 'kysely-tenants/config'

interface Tables {
  projects: { id: Generated<number>; tenant_id: string; title: string }
  'billing.invoices': { id: number; org_id: number; tenant_id: string }
  templates: { tenant_id: string | null; title: string }
  countries: { code: string; tenant_id: string }
}

const config = defineConfig({
  tables: {
    'public.projects': {},
    'billing.invoices': { column: 'org_id' },
    templates: { shared: true },
    not_in_the_types: {},
  },
})
type Database = WithTenant<Tables, typeof config>

const listed = defineConfig({ tenant: { column: 'org_id' }, tables: ['project_tasks', 'notes'] })
interface CamelTables {
  projectTasks: { id: number; orgId: string; title: string }
  notes: { orgId: Generated<string>; tenantId: string }
  others: { orgId: string }
}
type CamelDatabase = WithTenant<CamelTables, typeof listed>

declare const db: Kysely<Database>
declare const tenancy: Tenancy

export function columnsOfTheConfig(): void {
  expectTypeOf<Insertable<Database['projects']>>().branded.toEqualTypeOf<{
    id?: number | undefined
    title: string
  }>()
  expectTypeOf<Selectable<Database['projects']>>().toEqualTypeOf<{
    id: number
    tenant_id: string
    title: string
  }>()
  expectTypeOf<Updateable<Database['projects']>>().toEqualTypeOf<{
    id?: number | undefined
    title?: string | undefined
  }>()
  expectTypeOf<Insertable<Database['billing.invoices']>>().branded.toEqualTypeOf<{
    id: number
    tenant_id: string
  }>()
  expectTypeOf<Insertable<Database['templates']>>().branded.toEqualTypeOf<{ title: string }>()
  expectTypeOf<Database['countries']>().toEqualTypeOf<Tables['countries']>()
}

export function camelCase(): void {
  expectTypeOf<Insertable<CamelDatabase['projectTasks']>>().branded.toEqualTypeOf<{
    id: number
    title: string
  }>()
  expectTypeOf<Selectable<CamelDatabase['notes']>>().toEqualTypeOf<{
    orgId: string
    tenantId: string
  }>()
  expectTypeOf<Insertable<CamelDatabase['notes']>>().branded.toEqualTypeOf<{ tenantId: string }>()
  expectTypeOf<CamelDatabase['others']>().toEqualTypeOf<CamelTables['others']>()
}

export function adminWrites(): void {
  const admin = tenancy.forAdmin(db, { reason: 'import' })
  admin.insertInto('projects').values({ title: 'x', tenant_id: 'acme' })
  admin.updateTable('projects').set({ tenant_id: 'acme' })
  admin.insertInto('templates').values({ title: 'x', tenant_id: null })
  // @ts-expect-error is not assignable to parameter: the admin says whose row it is
  admin.insertInto('projects').values({ title: 'x' })
  // @ts-expect-error 'tenant_id': the database fills it in for a tenant
  db.insertInto('projects').values({ title: 'x', tenant_id: 'acme' })
  // @ts-expect-error 'org_id': the column of the config
  db.insertInto('billing.invoices').values({ id: 1, tenant_id: 'x', org_id: 1 })
}
