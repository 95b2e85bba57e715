// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Constraints, not validated yet: they hold for new rows, and no row is scanned.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.tasks (share row exclusive): foreign key tasks_project_id_fkey_tenant
//   public.projects (share row exclusive)
//
// `down` puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // A row can refer to rows of its own tenant only. The rows that are there are looked at
    // later.
    // Hazard: A row that refers to another tenant is refused from here on. ON UPDATE CASCADE
    // goes: changing a key that is referred to is refused.
    // Lock: share row exclusive.
    sql`alter table public.tasks add constraint tasks_project_id_fkey_tenant
      foreign key (tenant_id, project_id)
      references public.projects (tenant_id, id)
      on delete cascade not valid`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public.tasks drop constraint if exists tasks_project_id_fkey_tenant`,
  ]
  for (const statement of statements) await statement.execute(db)
}
