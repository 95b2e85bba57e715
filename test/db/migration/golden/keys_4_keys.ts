// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Keys: those that do not hold the tenant go, now that others do.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.tasks (access exclusive): tasks_project_id_fkey replaced, tasks_by_slug replaced, tasks_pkey replaced
//   public.projects (access exclusive): projects_pkey replaced
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
    // public.tasks:
    // Its successor holds the tenant, and every row was looked at.
    // Lock: access exclusive.
    sql`alter table public.tasks drop constraint tasks_project_id_fkey`,

    // It takes the name of the old one, by which the application may know it.
    // Lock: access exclusive.
    sql`alter table public.tasks rename constraint tasks_project_id_fkey_tenant to tasks_project_id_fkey`,

    // public.projects:
    // The successor takes the place of the old key, and its name.
    // Hazard: Two tenants may have the same (id) from here on; `on conflict (id)` is refused, and
    // what names no tenant finds no index. To keep a key: `globalKeys` in the config.
    // Lock: access exclusive.
    sql`alter table public.projects drop constraint projects_pkey, add constraint projects_pkey primary key using index projects_tenant_id_id_key`,

    // public.tasks:
    // Its successor is there: the values are unique for each tenant.
    // Hazard: Two tenants may have the same (lower(slug)) from here on; `on conflict
    // (lower(slug))` is refused, and what names no tenant finds no index. To keep a key:
    // `globalKeys` in the config.
    // Lock: access exclusive.
    sql`drop index public.tasks_by_slug`,

    // It takes the name of the old one, by which the application may know it.
    // Lock: none.
    sql`alter index public.tasks_tenant_id_expr_key rename to tasks_by_slug`,
    sql`alter table public.tasks drop constraint tasks_pkey, add constraint tasks_pkey primary key using index tasks_tenant_id_id_key`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    // Hazard: Fails when two tenants have the same value by then; reads the table while no other
    // statement does.
    sql`alter table public.tasks drop constraint tasks_pkey, add constraint tasks_pkey PRIMARY KEY (id)`,
    sql`create unique index tasks_tenant_id_id_key on public.tasks (tenant_id, id)`,
    sql`alter index public.tasks_by_slug rename to tasks_tenant_id_expr_key`,
    sql`create unique index tasks_by_slug on public.tasks (lower(slug)) WHERE (slug <> ''::text)`,
    sql`alter table public.tasks drop constraint tasks_project_id_fkey`,
    sql`alter table public.projects drop constraint projects_pkey, add constraint projects_pkey PRIMARY KEY (id)`,
    sql`create unique index projects_tenant_id_id_key on public.projects (tenant_id, id)`,
    sql`alter table public.tasks drop constraint if exists tasks_project_id_fkey`,
    sql`alter table public.tasks add constraint tasks_project_id_fkey_tenant foreign key (tenant_id, project_id)
      references public.projects (tenant_id, id)
      on delete cascade`,
    // Hazard: A row may refer to another tenant again. Writers wait while all rows are read.
    sql`alter table public.tasks add constraint tasks_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON UPDATE CASCADE ON DELETE CASCADE`,
  ]
  for (const statement of statements) await statement.execute(db)
}
