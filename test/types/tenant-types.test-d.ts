// Compiled by `npm run test:types` with two compilers against two versions of Kysely. The line below a
// `@ts-expect-error` must be refused, with an error that says what stands before the colon.
import { expectTypeOf } from 'expect-type'
import type {
  ControlledTransaction,
  Generated,
  Insertable,
  Kysely,
  Selectable,
  Transaction,
  Updateable,
} from 'kysely'
import type { Tenancy, TenantHandle, TenantKysely, WithTenant } from 'kysely-tenants'

interface Tables {
  projects: { id: Generated<number>; tenant_id: string; title: string }
  invoices: { id: number; org_id: Generated<number> }
  countries: { code: string; tenant_id: string }
}

type Database = WithTenant<Tables, 'projects'>
type Billing = WithTenant<Tables, 'invoices', 'org_id'>

declare const db: Kysely<Database>
declare const tenancy: Tenancy
declare function listProjects(db: TenantKysely<Database>): Promise<number>

export async function tenantColumn(): Promise<void> {
  expectTypeOf<Selectable<Database['projects']>>().toEqualTypeOf<{
    id: number
    tenant_id: string
    title: string
  }>()
  expectTypeOf<Insertable<Database['projects']>>().branded.toEqualTypeOf<{
    id?: number | undefined
    title: string
  }>()
  expectTypeOf<Updateable<Database['projects']>>().toEqualTypeOf<{
    id?: number | undefined
    title?: string | undefined
  }>()
  expectTypeOf<Insertable<Billing['invoices']>>().branded.toEqualTypeOf<{ id: number }>()
  expectTypeOf<Selectable<Billing['invoices']>>().toEqualTypeOf<{ id: number; org_id: number }>()
  // A column of that name in a table that is not named stays as it is.
  expectTypeOf<Database['countries']>().toEqualTypeOf<Tables['countries']>()
  expectTypeOf<Billing['projects']>().toEqualTypeOf<Tables['projects']>()
  // @ts-expect-error "orders": no such table
  expectTypeOf<WithTenant<Tables, 'orders'>>().not.toBeNever()
}

export async function tenantColumnInQueries(): Promise<void> {
  const row = await db
    .selectFrom('projects')
    .select('tenant_id')
    .where('tenant_id', '=', 'acme')
    .executeTakeFirstOrThrow()
  expectTypeOf(row).toEqualTypeOf<{ tenant_id: string }>()
  const text = row.tenant_id
  db.insertInto('projects').values({ title: text })
  db.updateTable('projects').set({ title: text }).set('title', text)
  // @ts-expect-error 'tenant_id': the database fills it in
  db.insertInto('projects').values({ title: text, tenant_id: text })
  // @ts-expect-error "projects", never>: a row never moves to another tenant
  db.updateTable('projects').set({ tenant_id: text })
  // @ts-expect-error "projects", never>: nor here
  db.updateTable('projects').set('tenant_id', text)
  db.insertInto('projects')
    .values({ title: text })
    // @ts-expect-error 'tenant_id': nor when the row is there
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ tenant_id: text }))
}

export async function brandOfAHandle(): Promise<void> {
  const acme = tenancy.forTenant(db, 'acme')
  await listProjects(acme)
  await listProjects(acme.withSchema('public').withoutPlugins().withPlugin(plugin))
  expectTypeOf(await acme.connection().execute(listProjects)).toEqualTypeOf<number>()
  await acme.connection().execute((one) => one.transaction().execute(listProjects))
  tenancy.forTenant(db, { tenant: 7n, settings: { 'app.user_id': '42' } })
  expectTypeOf(acme).toExtend<Kysely<Database>>()
  // @ts-expect-error 'TenantBrand': a plain handle has whatever scope the running code has, or none
  await listProjects(db)
  // @ts-expect-error to type 'TenantKysely<: so has its connection
  await db.connection().execute(listProjects)
  // @ts-expect-error 'null': no tenant
  tenancy.forTenant(db, null)
  // @ts-expect-error 'number': a setting is text
  tenancy.forTenant(db, { tenant: 7n, settings: { 'app.user_id': 42 } })
}

export async function brandOfATransaction(): Promise<void> {
  const acme = tenancy.forTenant(db, 'acme')
  expectTypeOf(await acme.transaction().execute(listProjects)).toEqualTypeOf<number>()
  await acme.transaction().setIsolationLevel('serializable').execute(listProjects)
  await acme.transaction().setAccessMode('read only').execute(listProjects)
  await acme.transaction().execute(async (trx) => {
    expectTypeOf(trx).toExtend<Transaction<Database>>()
    return listProjects(trx.withSchema('public').withPlugin(plugin).withoutPlugins())
  })
  // @ts-expect-error 'TenantBrand': a plain handle has none to give
  await db.transaction().execute(listProjects)
}

export async function brandOfAControlledTransaction(): Promise<void> {
  const acme = tenancy.forTenant(db, 'acme')
  const trx = await acme.startTransaction().setIsolationLevel('serializable').execute()
  await listProjects(trx)
  await listProjects(trx.withSchema('public').withPlugin(plugin).withoutPlugins())
  expectTypeOf(trx).toExtend<ControlledTransaction<Database>>()

  const one = await trx.savepoint('one').execute()
  await listProjects(one)
  const two = await one.savepoint('two').execute()
  await listProjects(await two.rollbackToSavepoint('one').execute())
  await listProjects(await two.releaseSavepoint('two').execute())
  const back = await two.rollbackToSavepoint('one').execute()
  await back.releaseSavepoint('one').execute()
  expectTypeOf(await back.commit().execute()).toEqualTypeOf<void>()
  // @ts-expect-error "two": the rollback took it away
  back.releaseSavepoint('two')
  // @ts-expect-error 'TenantBrand': a plain handle has none to give
  await listProjects(await db.startTransaction().execute())
}

export async function brandWithOtherTables(): Promise<void> {
  const acme = tenancy.forTenant(db, 'acme')
  await listAudits(acme.withTables<Audits>())
  await listAudits(acme.withTables<Audits>().withSchema('public').withoutPlugins())
  await acme.withTables<Audits>().transaction().execute(listAudits)
  await acme.withTables<Audits>().connection().execute(listAudits)
  await acme.transaction().execute((trx) => listAudits(trx.withTables<Audits>()))
  const trx = await acme.startTransaction().execute()
  const one = await trx.withTables<Audits>().savepoint('one').execute()
  await listAudits(await one.rollbackToSavepoint('one').execute())
  await listAudits((await trx.savepoint('two').execute()).withTables<Audits>())
  expectTypeOf(acme.withTables<Audits>()).toExtend<Kysely<Database & Audits>>()
  // @ts-expect-error '"audits"': not one of its tables
  acme.selectFrom('audits')
  // @ts-expect-error 'TenantBrand': a plain handle has none to give
  await listAudits(db.withTables<Audits>())
}

export function everyMethodThatReturnsAKysely(): void {
  type Methods<K> = {
    [Name in keyof K]: K[Name] extends (...args: never) => { getExecutor(): unknown } ? Name : never
  }[keyof K]
  // A method that Kysely adds to these has to be branded, too.
  expectTypeOf<Exclude<Methods<Kysely<Database>>, Branded>>().toBeNever()
  expectTypeOf<Extract<keyof TenantHandle<Database>, Branded>>().toEqualTypeOf<
    Extract<keyof Kysely<Database>, Branded>
  >()
}

type Branded = 'withPlugin' | 'withoutPlugins' | 'withSchema' | 'withTables' | Since29
type Since29 = '$extendTables' | '$omitTables' | '$pickTables'
type Audits = { audits: { id: number } }

declare function listAudits(db: TenantKysely<Database & Audits>): Promise<number>

declare const plugin: Parameters<typeof db.withPlugin>[0]
