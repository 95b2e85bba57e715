// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Indexes: what the policies ask for is found without reading the rows of every tenant. Built
// concurrently, in no transaction: reads and writes go on. Interrupted, it can run again.
//
// Each table, its lock while a statement runs, and what it gets.
//   public.projects (share update exclusive): index projects_tenant_id_id_key
//   public.tasks (share update exclusive): index tasks_tenant_id_expr_key, index tasks_tenant_id_id_key
//
// `down` puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

// Read by `kysely-tenants migrate:latest`; kysely-ctl takes `--no-transaction`.
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set row_security = off`.execute(db)
  // These statements block no other while they wait, and one that gives up leaves work behind.
  await sql`set lock_timeout = 0`.execute(db)

  const statements = [
    // public.projects:
    // An interrupted run of this file may have left an index that is not valid.
    // Lock: share update exclusive.
    sql`drop index concurrently if exists public.projects_tenant_id_id_key`,

    // The successor of a key that spans all tenants: what is unique, is so for each of them.
    // Hazard: Waits for every transaction that is older.
    // Lock: share update exclusive.
    sql`create unique index concurrently projects_tenant_id_id_key on public.projects (tenant_id, id)`,

    // public.tasks:
    sql`drop index concurrently if exists public.tasks_tenant_id_expr_key`,
    sql`create unique index concurrently tasks_tenant_id_expr_key on public.tasks (tenant_id, lower(slug)) WHERE (slug <> ''::text)`,
    sql`drop index concurrently if exists public.tasks_tenant_id_id_key`,
    sql`create unique index concurrently tasks_tenant_id_id_key on public.tasks (tenant_id, id)`,
  ]
  for (const statement of statements) await statement.execute(db)

  await sql`reset lock_timeout`.execute(db)
  await sql`reset row_security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  const statements = [
    // Restores what was there when this file was written.
    sql`drop index concurrently if exists public.tasks_tenant_id_id_key`,
    sql`drop index concurrently if exists public.tasks_tenant_id_expr_key`,
    sql`drop index concurrently if exists public.projects_tenant_id_id_key`,
  ]
  for (const statement of statements) await statement.execute(db)
}
