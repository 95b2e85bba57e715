// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Policies, defaults, ENABLE: the application reaches the rows of its tenant only.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.projects (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   billing.invoices (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public."projectTasks" (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public.labels (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   billing.orders (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   billing.offers (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public.counters (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public.notes (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public.templates (access exclusive): tenant_isolation, tenant_isolation_insert, tenant_isolation_update, tenant_isolation_delete, tenant_access, tenant_shared, tenant_admin, default, ENABLE
//   public.comments (access exclusive): tenant_isolation, tenant_admin, default, ENABLE
//   public.tenants (access exclusive): tenant_isolation, tenant_access, tenant_admin, ENABLE
//   public."odd `${name} \ */   $& end" (access exclusive): tenant_isolation, tenant_access, tenant_admin, ENABLE
//   public.events (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public.events_2024 (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
//   public.events_2025 (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE
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
    // The floor: no other policy can let another tenant through.
    // Lock: access exclusive.
    sql`create policy tenant_isolation on public.projects as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,

    // Marks it as made by the tool, which alters and drops no other policy.
    // Lock: access share.
    sql`comment on policy tenant_isolation on public.projects is 'Written by kysely-tenants.'`,

    // Lets a statement see and write the rows of its tenant.
    // Lock: access exclusive.
    sql`create policy tenant_access on public.projects as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public.projects is 'Written by kysely-tenants.'`,

    // Lets the admin role see and write every tenant.
    // Lock: access exclusive.
    sql`create policy tenant_admin on public.projects as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.projects is 'Written by kysely-tenants.'`,

    // A new row that names no tenant gets the one of its statement.
    // Lock: access exclusive.
    sql`alter table public.projects alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,

    // Turns the policies on.
    // Hazard: A statement without a tenant sees no rows from here on.
    // Lock: access exclusive.
    sql`alter table public.projects enable row level security`,

    // billing.invoices:
    sql`create policy tenant_isolation on billing.invoices as restrictive for all to app_user
      using (org_id = (select nullif(current_setting('app.tenant_id', true), '')::bigint))
      with check (org_id = (select nullif(current_setting('app.tenant_id', true), '')::bigint))`,
    sql`comment on policy tenant_isolation on billing.invoices is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on billing.invoices as permissive for all to app_user
      using (org_id = (select nullif(current_setting('app.tenant_id', true), '')::bigint))
      with check (org_id = (select nullif(current_setting('app.tenant_id', true), '')::bigint))`,
    sql`comment on policy tenant_access on billing.invoices is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on billing.invoices as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on billing.invoices is 'Written by kysely-tenants.'`,

    // A new row that names no tenant gets the one of its statement.
    // Hazard: Replaces the default 0.
    // Lock: access exclusive.
    sql`alter table billing.invoices alter column org_id
      set default nullif(current_setting('app.tenant_id', true), '')::bigint`,
    sql`alter table billing.invoices enable row level security`,

    // public."projectTasks":
    sql`create policy tenant_isolation on public."projectTasks" as restrictive for all to app_user
      using ("tenantId" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check ("tenantId" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public."projectTasks" is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public."projectTasks" as permissive for all to app_user
      using ("tenantId" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check ("tenantId" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public."projectTasks" is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public."projectTasks" as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public."projectTasks" is 'Written by kysely-tenants.'`,
    sql`alter table public."projectTasks" alter column "tenantId"
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public."projectTasks" enable row level security`,

    // public.labels:
    sql`create policy tenant_isolation on public.labels as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,
    sql`comment on policy tenant_isolation on public.labels is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.labels as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,
    sql`comment on policy tenant_access on public.labels is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.labels as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.labels is 'Written by kysely-tenants.'`,

    // A new row that names no tenant gets the one of its statement.
    // Hazard: Replaces the default 'house'::character varying.
    // Lock: access exclusive.
    sql`alter table public.labels alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')`,
    sql`alter table public.labels enable row level security`,

    // billing.orders:
    sql`create policy tenant_isolation on billing.orders as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on billing.orders is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on billing.orders as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on billing.orders is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on billing.orders as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on billing.orders is 'Written by kysely-tenants.'`,
    sql`alter table billing.orders alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table billing.orders enable row level security`,

    // billing.offers:
    sql`create policy tenant_isolation on billing.offers as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,
    sql`comment on policy tenant_isolation on billing.offers is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on billing.offers as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,
    sql`comment on policy tenant_access on billing.offers is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on billing.offers as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on billing.offers is 'Written by kysely-tenants.'`,
    sql`alter table billing.offers alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')`,
    sql`alter table billing.offers enable row level security`,

    // public.counters:
    sql`create policy tenant_isolation on public.counters as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::integer))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::integer))`,
    sql`comment on policy tenant_isolation on public.counters is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.counters as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::integer))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::integer))`,
    sql`comment on policy tenant_access on public.counters is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.counters as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.counters is 'Written by kysely-tenants.'`,
    sql`alter table public.counters alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::integer`,
    sql`alter table public.counters enable row level security`,

    // public.notes:
    sql`create policy tenant_isolation on public.notes as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,
    sql`comment on policy tenant_isolation on public.notes is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.notes as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))`,
    sql`comment on policy tenant_access on public.notes is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.notes as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.notes is 'Written by kysely-tenants.'`,
    sql`alter table public.notes alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')`,
    sql`alter table public.notes enable row level security`,

    // public.templates:
    // The floor of reading: never a row of another tenant.
    // Lock: access exclusive.
    sql`create policy tenant_isolation on public.templates as restrictive for select to app_user
      using (tenant_id is null or tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public.templates is 'Written by kysely-tenants.'`,

    // The floor of inserting: only rows of the own tenant.
    // Lock: access exclusive.
    sql`create policy tenant_isolation_insert on public.templates as restrictive for insert to app_user
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation_insert on public.templates is 'Written by kysely-tenants.'`,

    // The floor of updating: only rows of the own tenant, and they stay its own.
    // Lock: access exclusive.
    sql`create policy tenant_isolation_update on public.templates as restrictive for update to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation_update on public.templates is 'Written by kysely-tenants.'`,

    // The floor of deleting: only rows of the own tenant.
    // Lock: access exclusive.
    sql`create policy tenant_isolation_delete on public.templates as restrictive for delete to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation_delete on public.templates is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.templates as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public.templates is 'Written by kysely-tenants.'`,

    // Lets a statement that has a tenant read the rows of no tenant.
    // Lock: access exclusive.
    sql`create policy tenant_shared on public.templates as permissive for select to app_user
      using (tenant_id is null and (select nullif(current_setting('app.tenant_id', true), '') is not null))`,
    sql`comment on policy tenant_shared on public.templates is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.templates as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.templates is 'Written by kysely-tenants.'`,
    sql`alter table public.templates alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.templates enable row level security`,

    // public.comments:
    sql`create policy tenant_isolation on public.comments as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public.comments is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.comments as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.comments is 'Written by kysely-tenants.'`,
    sql`alter table public.comments alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.comments enable row level security`,

    // public.tenants:
    sql`create policy tenant_isolation on public.tenants as restrictive for all to app_user
      using (id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public.tenants is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.tenants as permissive for all to app_user
      using (id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public.tenants is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.tenants as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.tenants is 'Written by kysely-tenants.'`,
    sql`alter table public.tenants enable row level security`,

    // public."odd `${name} \ */   $& end":
    sql`create policy tenant_isolation on public."odd \`\${name} \\ */\n  $& end" as restrictive for all to app_user
      using ("odd \`\${name} \\ */\n  $& end" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check ("odd \`\${name} \\ */\n  $& end" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public."odd \`\${name} \\ */\n  $& end" is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public."odd \`\${name} \\ */\n  $& end" as permissive for all to app_user
      using ("odd \`\${name} \\ */\n  $& end" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check ("odd \`\${name} \\ */\n  $& end" = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public."odd \`\${name} \\ */\n  $& end" is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public."odd \`\${name} \\ */\n  $& end" as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public."odd \`\${name} \\ */\n  $& end" is 'Written by kysely-tenants.'`,
    sql`alter table public."odd \`\${name} \\ */\n  $& end" enable row level security`,

    // public.events:
    sql`create policy tenant_isolation on public.events as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public.events is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.events as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public.events is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.events as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.events is 'Written by kysely-tenants.'`,
    sql`alter table only public.events alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.events enable row level security`,

    // public.events_2024:
    sql`create policy tenant_isolation on public.events_2024 as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public.events_2024 is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.events_2024 as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public.events_2024 is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.events_2024 as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.events_2024 is 'Written by kysely-tenants.'`,
    sql`alter table public.events_2024 alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.events_2024 enable row level security`,

    // public.events_2025:
    sql`create policy tenant_isolation on public.events_2025 as restrictive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_isolation on public.events_2025 is 'Written by kysely-tenants.'`,
    sql`create policy tenant_access on public.events_2025 as permissive for all to app_user
      using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
      with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    sql`comment on policy tenant_access on public.events_2025 is 'Written by kysely-tenants.'`,
    sql`create policy tenant_admin on public.events_2025 as permissive for all to app_admin
      using (true)
      with check (true)`,
    sql`comment on policy tenant_admin on public.events_2025 is 'Written by kysely-tenants.'`,

    // A new row that names no tenant gets the one of its statement.
    // Hazard: Replaces the default gen_random_uuid().
    // Lock: access exclusive.
    sql`alter table public.events_2025 alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.events_2025 enable row level security`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public.events_2025 disable row level security`,
    sql`alter table public.events_2025 alter column tenant_id
      set default gen_random_uuid()`,
    sql`drop policy tenant_admin on public.events_2025`,
    sql`drop policy tenant_access on public.events_2025`,
    sql`drop policy tenant_isolation on public.events_2025`,
    sql`alter table public.events_2024 disable row level security`,
    sql`alter table public.events_2024 alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.events_2024`,
    sql`drop policy tenant_access on public.events_2024`,
    sql`drop policy tenant_isolation on public.events_2024`,
    sql`alter table public.events disable row level security`,
    sql`alter table only public.events alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.events`,
    sql`drop policy tenant_access on public.events`,
    sql`drop policy tenant_isolation on public.events`,
    sql`alter table public."odd \`\${name} \\ */\n  $& end" disable row level security`,
    sql`drop policy tenant_admin on public."odd \`\${name} \\ */\n  $& end"`,
    sql`drop policy tenant_access on public."odd \`\${name} \\ */\n  $& end"`,
    sql`drop policy tenant_isolation on public."odd \`\${name} \\ */\n  $& end"`,
    sql`alter table public.tenants disable row level security`,
    sql`drop policy tenant_admin on public.tenants`,
    sql`drop policy tenant_access on public.tenants`,
    sql`drop policy tenant_isolation on public.tenants`,
    sql`alter table public.comments disable row level security`,
    sql`alter table public.comments alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.comments`,
    sql`drop policy tenant_isolation on public.comments`,
    sql`alter table public.templates disable row level security`,
    sql`alter table public.templates alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.templates`,
    sql`drop policy tenant_shared on public.templates`,
    sql`drop policy tenant_access on public.templates`,
    sql`drop policy tenant_isolation_delete on public.templates`,
    sql`drop policy tenant_isolation_update on public.templates`,
    sql`drop policy tenant_isolation_insert on public.templates`,
    sql`drop policy tenant_isolation on public.templates`,
    sql`alter table public.notes disable row level security`,
    sql`alter table public.notes alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.notes`,
    sql`drop policy tenant_access on public.notes`,
    sql`drop policy tenant_isolation on public.notes`,
    sql`alter table public.counters disable row level security`,
    sql`alter table public.counters alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.counters`,
    sql`drop policy tenant_access on public.counters`,
    sql`drop policy tenant_isolation on public.counters`,
    sql`alter table billing.offers disable row level security`,
    sql`alter table billing.offers alter column tenant_id drop default`,
    sql`drop policy tenant_admin on billing.offers`,
    sql`drop policy tenant_access on billing.offers`,
    sql`drop policy tenant_isolation on billing.offers`,
    sql`alter table billing.orders disable row level security`,
    sql`alter table billing.orders alter column tenant_id drop default`,
    sql`drop policy tenant_admin on billing.orders`,
    sql`drop policy tenant_access on billing.orders`,
    sql`drop policy tenant_isolation on billing.orders`,
    sql`alter table public.labels disable row level security`,
    sql`alter table public.labels alter column tenant_id
      set default 'house'::character varying`,
    sql`drop policy tenant_admin on public.labels`,
    sql`drop policy tenant_access on public.labels`,
    sql`drop policy tenant_isolation on public.labels`,
    sql`alter table public."projectTasks" disable row level security`,
    sql`alter table public."projectTasks" alter column "tenantId" drop default`,
    sql`drop policy tenant_admin on public."projectTasks"`,
    sql`drop policy tenant_access on public."projectTasks"`,
    sql`drop policy tenant_isolation on public."projectTasks"`,
    sql`alter table billing.invoices disable row level security`,
    sql`alter table billing.invoices alter column org_id
      set default 0`,
    sql`drop policy tenant_admin on billing.invoices`,
    sql`drop policy tenant_access on billing.invoices`,
    sql`drop policy tenant_isolation on billing.invoices`,
    sql`alter table public.projects disable row level security`,
    sql`alter table public.projects alter column tenant_id drop default`,
    sql`drop policy tenant_admin on public.projects`,
    sql`drop policy tenant_access on public.projects`,
    sql`drop policy tenant_isolation on public.projects`,
  ]
  for (const statement of statements) await statement.execute(db)
}
