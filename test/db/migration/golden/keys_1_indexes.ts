// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Indexes: what the policies ask for is found without reading the rows of every tenant. Built
// concurrently, in no transaction: reads and writes go on. Interrupted, it can run again.
//
// Locks, each for its statement only:
//   public.projects: share update exclusive
//   public.tasks: share update exclusive
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

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.projects_tenant_id_id_key`.execute(db)

  // The successor of a key that spans all tenants: what is unique, is so for each of them.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create unique index concurrently projects_tenant_id_id_key on public.projects (tenant_id, id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.tasks_tenant_id_expr_key`.execute(db)

  // The successor of a key that spans all tenants: what is unique, is so for each of them.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create unique index concurrently tasks_tenant_id_expr_key on public.tasks (tenant_id, lower(slug)) WHERE (slug <> ''::text)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.tasks_tenant_id_id_key`.execute(db)

  // The successor of a key that spans all tenants: what is unique, is so for each of them.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create unique index concurrently tasks_tenant_id_id_key on public.tasks (tenant_id, id)
  `.execute(db)

  await sql`reset lock_timeout`.execute(db)
  await sql`reset row_security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // Restores what was there when this file was written.
  await sql`drop index concurrently if exists public.tasks_tenant_id_id_key`.execute(db)
  await sql`drop index concurrently if exists public.tasks_tenant_id_expr_key`.execute(db)
  await sql`drop index concurrently if exists public.projects_tenant_id_id_key`.execute(db)
}
