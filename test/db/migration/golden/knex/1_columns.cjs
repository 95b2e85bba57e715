// Written by `kysely-tenants migrate:rls --format knex`.
// It is yours from here on: review it, then commit it.
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

/**
 * @param {import('knex').Knex} knex
 * @returns {Promise<void>}
 */
exports.up = async function up(knex) {
  if (!knex.isTransaction) return knex.transaction(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await knex.raw(`set local row_security = off`)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await knex.raw(`set local lock_timeout = '2s'`)

  const statements = [
    // The tenant of each row. Empty at first: filling it here would block every other statement.
    // Lock: access exclusive.
    `alter table public.tasks add column tenant_id uuid`,

    // A new row that names no tenant gets the one of its statement.
    // Lock: access exclusive.
    `alter table public.settings alter column org
      set default nullif(current_setting('app.tenant_id', true), '')`,
    `alter table public.U&"why\\\\\\003F Größe\\003F" alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    `alter table only public.visits alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    `alter table public.visits_1 alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
    `alter table public.tasks alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
  ]
  for (const statement of statements) await knex.raw(statement)
}

/**
 * @param {import('knex').Knex} knex
 * @returns {Promise<void>}
 */
exports.down = async function down(knex) {
  if (!knex.isTransaction) return knex.transaction(down)

  await knex.raw(`set local row_security = off`)
  await knex.raw(`set local lock_timeout = '2s'`)

  const statements = [
    // Restores what was there when this file was written.
    `alter table public.tasks alter column tenant_id drop default`,
    `alter table public.visits_1 alter column tenant_id drop default`,
    `alter table only public.visits alter column tenant_id drop default`,
    `alter table public.U&"why\\\\\\003F Größe\\003F" alter column tenant_id drop default`,
    `alter table public.settings alter column org drop default`,
    // Hazard: The column goes, and the tenants of the rows with it.
    `alter table public.tasks drop column tenant_id`,
  ]
  for (const statement of statements) await knex.raw(statement)
}
