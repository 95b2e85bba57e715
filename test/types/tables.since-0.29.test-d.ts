import type { Kysely, Transaction } from 'kysely'
import type { Tenancy, TenantKysely } from 'kysely-tenants'

interface Database {
  projects: { id: number }
  countries: { code: string }
}

type Audits = { audits: { id: number } }

declare const db: Kysely<Database>
declare const tenancy: Tenancy
declare function listProjects(db: TenantKysely<Pick<Database, 'projects'>>): Promise<number>
declare function listAudits(db: TenantKysely<Database & Audits>): Promise<number>

export async function brandWithOtherTables(): Promise<void> {
  const acme = tenancy.forTenant(db, 'acme')
  await listProjects(acme.$pickTables<'projects'>())
  await listProjects(acme.$omitTables<'countries'>())
  await listAudits(acme.$extendTables<Audits>())
  await acme.$pickTables<'projects'>().transaction().execute(listProjects)
  await acme.transaction().execute(async (trx) => {
    await listProjects(trx.$pickTables<'projects'>())
    await listProjects(trx.$omitTables<'countries'>())
    return listAudits(trx.$extendTables<Audits>())
  })
  // @ts-expect-error '"orders"': no such table
  acme.$pickTables<'orders'>()
  // @ts-expect-error 'TenantBrand': a plain handle has none to give
  await listProjects(db.$pickTables<'projects'>())
}

export async function brandOfAControlledTransaction(): Promise<void> {
  const trx = await tenancy.forTenant(db, 'acme').startTransaction().execute()
  const one = await trx.$pickTables<'projects'>().savepoint('one').execute()
  await listProjects(one)
  await listProjects((await trx.savepoint('two').execute()).$omitTables<'countries'>())
  await listAudits(trx.$extendTables<Audits>())
  const asTransaction: Transaction<Pick<Database, 'projects'>> = one
  await asTransaction.selectFrom('projects').execute()
}
