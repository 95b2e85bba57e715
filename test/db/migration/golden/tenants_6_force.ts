// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// FORCE: the policies bind the owner of the tables too. Before this runs, its jobs, views and
// functions need a role that has a policy.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.projects (access exclusive): FORCE
//   billing.invoices (access exclusive): FORCE
//   public."projectTasks" (access exclusive): FORCE
//   public.labels (access exclusive): FORCE
//   billing.orders (access exclusive): FORCE
//   billing.offers (access exclusive): FORCE
//   public.counters (access exclusive): FORCE
//   public.notes (access exclusive): FORCE
//   public.templates (access exclusive): FORCE
//   public.comments (access exclusive): FORCE
//   public.tenants (access exclusive): FORCE
//   public."odd `${name} \ */   $& end" (access exclusive): FORCE
//   public.events (access exclusive): FORCE
//   public.events_2024 (access exclusive): FORCE
//   public.events_2025 (access exclusive): FORCE
//
// `down` reduces isolation: it puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Makes the policies apply to the owner of the table too.
    // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
    // Lock: access exclusive.
    sql`alter table public.projects force row level security`,
    sql`alter table billing.invoices force row level security`,
    sql`alter table public."projectTasks" force row level security`,
    sql`alter table public.labels force row level security`,
    sql`alter table billing.orders force row level security`,
    sql`alter table billing.offers force row level security`,
    sql`alter table public.counters force row level security`,
    sql`alter table public.notes force row level security`,
    sql`alter table public.templates force row level security`,
    sql`alter table public.comments force row level security`,
    sql`alter table public.tenants force row level security`,
    sql`alter table public."odd \`\${name} \\ */\n  $& end" force row level security`,
    sql`alter table public.events force row level security`,
    sql`alter table public.events_2024 force row level security`,
    sql`alter table public.events_2025 force row level security`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public.events_2025 no force row level security`,
    sql`alter table public.events_2024 no force row level security`,
    sql`alter table public.events no force row level security`,
    sql`alter table public."odd \`\${name} \\ */\n  $& end" no force row level security`,
    sql`alter table public.tenants no force row level security`,
    sql`alter table public.comments no force row level security`,
    sql`alter table public.templates no force row level security`,
    sql`alter table public.notes no force row level security`,
    sql`alter table public.counters no force row level security`,
    sql`alter table billing.offers no force row level security`,
    sql`alter table billing.orders no force row level security`,
    sql`alter table public.labels no force row level security`,
    sql`alter table public."projectTasks" no force row level security`,
    sql`alter table billing.invoices no force row level security`,
    sql`alter table public.projects no force row level security`,
  ]
  for (const statement of statements) await statement.execute(db)
}
