// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Indexes: what the policies ask for is found without reading the rows of every tenant. Built
// concurrently, in no transaction: reads and writes go on. Interrupted, it can run again.
//
// Locks, each for its statement only:
//   public.projects: share update exclusive
//   public."projectTasks": share update exclusive
//   public.labels: share update exclusive
//   billing.orders: share update exclusive
//   billing.offers: share update exclusive
//   public.counters: share update exclusive
//   public.notes: share update exclusive
//   public.templates: share update exclusive
//   public.comments: share update exclusive
//   public."odd `${name} \ */   $& end": share update exclusive
//   public.events_2024: share update exclusive
//   public.events_2025: share update exclusive
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
  await sql`drop index concurrently if exists public.projects_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently projects_tenant_id_idx on public.projects (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public."projectTasks_tenantId_idx"`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently "projectTasks_tenantId_idx" on public."projectTasks" ("tenantId")
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.labels_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`create index concurrently labels_tenant_id_idx on public.labels (tenant_id)`.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists billing.orders_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently orders_tenant_id_idx on billing.orders (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists billing.offers_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently offers_tenant_id_idx on billing.offers (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.counters_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently counters_tenant_id_idx on public.counters (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.notes_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`create index concurrently notes_tenant_id_idx on public.notes (tenant_id)`.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.templates_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently templates_tenant_id_idx on public.templates (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.comments_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently comments_tenant_id_idx on public.comments (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`
    drop index concurrently if exists public."odd \`\${name} \\ */\n  $& end_odd \`\${name} \\ */\n  $& end_idx"
  `.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently "odd \`\${name} \\ */\n  $& end_odd \`\${name} \\ */\n  $& end_idx" on public."odd \`\${name} \\ */\n  $& end" ("odd \`\${name} \\ */\n  $& end")
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.events_2024_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently events_2024_tenant_id_idx on public.events_2024 (tenant_id)
  `.execute(db)

  // An interrupted run of this file may have left an index that is not valid.
  // Lock: share update exclusive.
  await sql`drop index concurrently if exists public.events_2025_tenant_id_idx`.execute(db)

  // Finds the rows of a tenant without reading those of the others.
  // Hazard: Waits for every transaction that is older.
  // Lock: share update exclusive.
  await sql`
    create index concurrently events_2025_tenant_id_idx on public.events_2025 (tenant_id)
  `.execute(db)

  await sql`reset lock_timeout`.execute(db)
  await sql`reset row_security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // Restores what was there when this file was written.
  await sql`drop index concurrently if exists public.events_2025_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists public.events_2024_tenant_id_idx`.execute(db)
  await sql`
    drop index concurrently if exists public."odd \`\${name} \\ */\n  $& end_odd \`\${name} \\ */\n  $& end_idx"
  `.execute(db)
  await sql`drop index concurrently if exists public.comments_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists public.templates_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists public.notes_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists public.counters_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists billing.offers_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists billing.orders_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists public.labels_tenant_id_idx`.execute(db)
  await sql`drop index concurrently if exists public."projectTasks_tenantId_idx"`.execute(db)
  await sql`drop index concurrently if exists public.projects_tenant_id_idx`.execute(db)
}
