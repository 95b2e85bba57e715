// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Validation of the rows that are there, while reads and writes go on; then the constraint proves
// NOT NULL without another scan.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.tasks (share update exclusive): tasks_project_id_fkey_tenant validated
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
    // Looks at the rows that are there; ends here, and says where to look, when one is of another
    // tenant.
    // Lock: share update exclusive.
    sql`do $$ begin
      alter table public.tasks validate constraint tasks_project_id_fkey_tenant;
    exception when foreign_key_violation then
      raise foreign_key_violation using message = 'public.tasks has rows that refer to another tenant in public.projects, which tasks_project_id_fkey_tenant forbids: select child.* from only public.tasks as child where child.tenant_id is not null and child.project_id is not null and not exists (select from public.projects as parent where parent.tenant_id = child.tenant_id and parent.id = child.project_id)';
    end $$`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  // There is no change to take back.
}
