// Compiled by `tsc -p test`: every line below `@ts-expect-error` must be refused.
import type { Generated, Kysely } from 'kysely'
import type { ConfigInput } from '../../src/config.ts'
import { createTenancy, type Tenancy, type TenantKysely, type WithTenant } from '../../src/index.ts'

interface Tables {
  projects: { id: Generated<number>; tenant_id: string; title: string }
  countries: { code: string }
}

type Database = WithTenant<Tables, 'projects'>

declare const db: Kysely<Database>
declare const tenancy: Tenancy
declare const config: ConfigInput
declare function listProjects(db: TenantKysely<Database>): Promise<void>

export const accepted: Tenancy = createTenancy(config)

export async function tenantColumn(): Promise<void> {
  const { tenant_id } = await db
    .selectFrom('projects')
    .select('tenant_id')
    .where('tenant_id', '=', 'acme')
    .executeTakeFirstOrThrow()
  const text: string = tenant_id
  db.insertInto('projects').values({ title: text })
  // @ts-expect-error the database fills it in
  db.insertInto('projects').values({ title: text, tenant_id: text })
  // @ts-expect-error a row never moves to another tenant
  db.updateTable('projects').set({ tenant_id: text })
  // @ts-expect-error nor here
  db.updateTable('projects').set('tenant_id', text)
}

export async function brand(): Promise<void> {
  const acme = tenancy.forTenant(db, 'acme')
  await listProjects(acme)
  await listProjects(acme.withSchema('public').withoutPlugins())
  await acme.transaction().execute(listProjects)
  await acme.transaction().setIsolationLevel('serializable').execute(listProjects)
  await acme.connection().execute(listProjects)
  await listProjects(await acme.startTransaction().execute())
  // @ts-expect-error a plain handle has whatever scope the running code has, or none
  await listProjects(db)
  // @ts-expect-error so has its transaction
  await db.transaction().execute(listProjects)
}
