// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Indexes: what the policies ask for is found without reading the rows of every tenant. Built
// concurrently, in no transaction: reads and writes go on. Interrupted, it can run again.
//
// Each table, its lock while a statement runs, and what it gets.
//   public.projects (share update exclusive): index projects_tenant_id_idx
//   public."projectTasks" (share update exclusive): index projectTasks_tenantId_idx
//   public.labels (share update exclusive): index labels_tenant_id_idx
//   billing.orders (share update exclusive): index orders_tenant_id_idx
//   billing.offers (share update exclusive): index offers_tenant_id_idx
//   public.counters (share update exclusive): index counters_tenant_id_idx
//   public.notes (share update exclusive): index notes_tenant_id_idx
//   public.templates (share update exclusive): index templates_tenant_id_idx
//   public.comments (share update exclusive): index comments_tenant_id_idx
//   public."odd `${name} \ */   $& end" (share update exclusive): index odd `${name} \ */   $& end_odd `${name} \ */   $& end_idx
//   public.events_2024 (share update exclusive): index events_2024_tenant_id_idx
//   public.events_2025 (share update exclusive): index events_2025_tenant_id_idx
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
    // An interrupted run of this file may have left an index that is not valid.
    // Lock: share update exclusive.
    sql`drop index concurrently if exists public.projects_tenant_id_idx`,

    // Finds the rows of a tenant without reading those of the others.
    // Hazard: Waits for every transaction that is older.
    // Lock: share update exclusive.
    sql`create index concurrently projects_tenant_id_idx on public.projects (tenant_id)`,
    sql`drop index concurrently if exists public."projectTasks_tenantId_idx"`,
    sql`create index concurrently "projectTasks_tenantId_idx" on public."projectTasks" ("tenantId")`,
    sql`drop index concurrently if exists public.labels_tenant_id_idx`,
    sql`create index concurrently labels_tenant_id_idx on public.labels (tenant_id)`,
    sql`drop index concurrently if exists billing.orders_tenant_id_idx`,
    sql`create index concurrently orders_tenant_id_idx on billing.orders (tenant_id)`,
    sql`drop index concurrently if exists billing.offers_tenant_id_idx`,
    sql`create index concurrently offers_tenant_id_idx on billing.offers (tenant_id)`,
    sql`drop index concurrently if exists public.counters_tenant_id_idx`,
    sql`create index concurrently counters_tenant_id_idx on public.counters (tenant_id)`,
    sql`drop index concurrently if exists public.notes_tenant_id_idx`,
    sql`create index concurrently notes_tenant_id_idx on public.notes (tenant_id)`,
    sql`drop index concurrently if exists public.templates_tenant_id_idx`,
    sql`create index concurrently templates_tenant_id_idx on public.templates (tenant_id)`,
    sql`drop index concurrently if exists public.comments_tenant_id_idx`,
    sql`create index concurrently comments_tenant_id_idx on public.comments (tenant_id)`,
    sql`drop index concurrently if exists public."odd \`\${name} \\ */\n  $& end_odd \`\${name} \\ */\n  $& end_idx"`,
    sql`create index concurrently "odd \`\${name} \\ */\n  $& end_odd \`\${name} \\ */\n  $& end_idx" on public."odd \`\${name} \\ */\n  $& end" ("odd \`\${name} \\ */\n  $& end")`,
    sql`drop index concurrently if exists public.events_2024_tenant_id_idx`,
    sql`create index concurrently events_2024_tenant_id_idx on public.events_2024 (tenant_id)`,
    sql`drop index concurrently if exists public.events_2025_tenant_id_idx`,
    sql`create index concurrently events_2025_tenant_id_idx on public.events_2025 (tenant_id)`,
  ]
  for (const statement of statements) await statement.execute(db)

  await sql`reset lock_timeout`.execute(db)
  await sql`reset row_security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  const statements = [
    // Restores what was there when this file was written.
    sql`drop index concurrently if exists public.events_2025_tenant_id_idx`,
    sql`drop index concurrently if exists public.events_2024_tenant_id_idx`,
    sql`drop index concurrently if exists public."odd \`\${name} \\ */\n  $& end_odd \`\${name} \\ */\n  $& end_idx"`,
    sql`drop index concurrently if exists public.comments_tenant_id_idx`,
    sql`drop index concurrently if exists public.templates_tenant_id_idx`,
    sql`drop index concurrently if exists public.notes_tenant_id_idx`,
    sql`drop index concurrently if exists public.counters_tenant_id_idx`,
    sql`drop index concurrently if exists billing.offers_tenant_id_idx`,
    sql`drop index concurrently if exists billing.orders_tenant_id_idx`,
    sql`drop index concurrently if exists public.labels_tenant_id_idx`,
    sql`drop index concurrently if exists public."projectTasks_tenantId_idx"`,
    sql`drop index concurrently if exists public.projects_tenant_id_idx`,
  ]
  for (const statement of statements) await statement.execute(db)
}
