// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// FORCE: the policies bind the owner of the tables too. Before this runs, its jobs, views and
// functions need a role that has a policy.
//
// Locks, from its statement on until the commit; a lock that is not free within 2 s ends it all:
//   public.projects: access exclusive
//   billing.invoices: access exclusive
//   public."projectTasks": access exclusive
//   public.labels: access exclusive
//   billing.orders: access exclusive
//   billing.offers: access exclusive
//   public.counters: access exclusive
//   public.notes: access exclusive
//   public.templates: access exclusive
//   public.comments: access exclusive
//   public.tenants: access exclusive
//   public."odd `${name} \ */   $& end": access exclusive
//   public.events: access exclusive
//   public.events_2024: access exclusive
//   public.events_2025: access exclusive
//
// `down` reduces isolation: it puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.projects force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table billing.invoices force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public."projectTasks" force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.labels force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table billing.orders force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table billing.offers force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.counters force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.notes force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.templates force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.comments force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.tenants force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`
    alter table public."odd \`\${name} \\ */\n  $& end" force row level security
  `.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.events force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.events_2024 force row level security`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.events_2025 force row level security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  // Restores what was there when this file was written.
  await sql`alter table public.events_2025 no force row level security`.execute(db)
  await sql`alter table public.events_2024 no force row level security`.execute(db)
  await sql`alter table public.events no force row level security`.execute(db)
  await sql`
    alter table public."odd \`\${name} \\ */\n  $& end" no force row level security
  `.execute(db)
  await sql`alter table public.tenants no force row level security`.execute(db)
  await sql`alter table public.comments no force row level security`.execute(db)
  await sql`alter table public.templates no force row level security`.execute(db)
  await sql`alter table public.notes no force row level security`.execute(db)
  await sql`alter table public.counters no force row level security`.execute(db)
  await sql`alter table billing.offers no force row level security`.execute(db)
  await sql`alter table billing.orders no force row level security`.execute(db)
  await sql`alter table public.labels no force row level security`.execute(db)
  await sql`alter table public."projectTasks" no force row level security`.execute(db)
  await sql`alter table billing.invoices no force row level security`.execute(db)
  await sql`alter table public.projects no force row level security`.execute(db)
}
