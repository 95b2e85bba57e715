// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Columns: whose row it is; the default is the tenant of the statement.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.tasks (access exclusive): column tenant_id, default
//   public.settings (access exclusive): default
//   public."why\? Größe?" (access exclusive): default
//   public.visits (access exclusive): default
//   public.visits_1 (access exclusive): default
//
// `down` puts back what was there when this file was written.
import { sql } from 'kysely'

/**
 * @param {import('kysely').Kysely<any>} db
 * @returns {Promise<void>}
 */
export async function up(db) {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // The tenant of each row. Empty at first: filling it here would block every other statement.
    // Lock: access exclusive.
    sql`alter table public.tasks add column tenant_id uuid`,

    // A new row that names no tenant gets the one of its statement.
    // Lock: access exclusive.
    sql`alter table public.settings alter column org
      set default nullif(current_setting('app.tenant_id', true), '')`,
    sql`alter table public."why\\? Größe?" alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table only public.visits alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.visits_1 alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    sql`alter table public.tasks alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
  ]
  for (const statement of statements) await statement.execute(db)
}

/**
 * @param {import('kysely').Kysely<any>} db
 * @returns {Promise<void>}
 */
export async function down(db) {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public.tasks alter column tenant_id drop default`,
    sql`alter table public.visits_1 alter column tenant_id drop default`,
    sql`alter table only public.visits alter column tenant_id drop default`,
    sql`alter table public."why\\? Größe?" alter column tenant_id drop default`,
    sql`alter table public.settings alter column org drop default`,
    // Hazard: The column goes, and the tenants of the rows with it.
    sql`alter table public.tasks drop column tenant_id`,
  ]
  for (const statement of statements) await statement.execute(db)
}
