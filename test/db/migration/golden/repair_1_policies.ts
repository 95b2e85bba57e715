// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Policies, defaults, ENABLE: the application reaches the rows of its tenant only.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.projects (access exclusive): tenant_access altered
//   public.labels (access exclusive): tenant_isolation replaced
//   public.counters (access exclusive): default, ENABLE
//   public.notes (access exclusive): tenant_access adopted, surplus dropped
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
    // public.projects:
    // Lets a statement see and write the rows of its tenant. The roles or the expression
    // differed.
    // Hazard: Changes which rows a running application reaches.
    // Lock: access exclusive.
    sql`alter policy tenant_access on public.projects to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,

    // public.labels:
    // The floor: no other policy can let another tenant through. Under another name until the old
    // policy is gone.
    // Lock: access exclusive.
    sql`create policy tenant_isolation_new on public.labels as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,

    // Marks it as made by the tool, which alters and drops no other policy.
    // Lock: access share.
    sql`comment on policy tenant_isolation_new on public.labels is 'Written by kysely-tenants.'`,

    // The old policy differed in its command or its kind.
    // Hazard: Changes which rows a running application reaches.
    // Lock: access exclusive.
    sql`drop policy tenant_isolation on public.labels`,

    // The new policy takes the name of the old one.
    // Lock: access exclusive.
    sql`alter policy tenant_isolation_new on public.labels rename to tenant_isolation`,

    // public.counters:
    // A new row that names no tenant gets the one of its statement.
    // Hazard: Replaces the default 7.
    // Lock: access exclusive.
    sql`alter table public.counters alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::integer`,

    // Turns the policies on.
    // Hazard: A statement without a tenant sees no rows from here on.
    // Lock: access exclusive.
    sql`alter table public.counters enable row level security`,

    // public.notes:
    // The policy is as it should be; the marker hands it over to kysely-tenants.
    // Lock: access share.
    sql`comment on policy tenant_access on public.notes is 'Written by kysely-tenants.'`,

    // The config does not ask for this policy.
    // Hazard: Rows that only this policy held back get through from here on.
    // Lock: access exclusive.
    sql`drop policy surplus on public.notes`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`create policy surplus on public.notes as restrictive for insert to public
      with check (true)`,
    sql`comment on policy surplus on public.notes is 'Written by kysely-tenants.'`,
    sql`comment on policy tenant_access on public.notes is null`,
    sql`alter table public.counters disable row level security`,
    sql`alter table public.counters alter column tenant_id
      set default 7`,
    sql`alter policy tenant_isolation on public.labels rename to tenant_isolation_new`,
    sql`create policy tenant_isolation on public.labels as permissive for all to public
      using (true)`,
    sql`comment on policy tenant_isolation on public.labels is 'Written by kysely-tenants.'`,
    sql`drop policy tenant_isolation_new on public.labels`,
    sql`alter policy tenant_access on public.projects to public
      using (((title = 'a'::text) OR true))
      with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")))`,
  ]
  for (const statement of statements) await statement.execute(db)
}
