// Written by `kysely-tenants migrate:rls --format knex-ts`.
// It is yours from here on: review it, then commit it.
//
// Columns: whose row it is; the default is the tenant of the statement.
//
// Locks, from its statement on until the commit; a lock that is not free within 2 s ends it all:
//   public.tasks: access exclusive
//   public.settings: access exclusive
//   public."why\? Größe?": access exclusive
//   public.visits: access exclusive
//   public.visits_1: access exclusive
//
// `down` puts back what was there when this file was written.
import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  if (!knex.isTransaction) return knex.transaction(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await knex.raw(`set local row_security = off`)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await knex.raw(`set local lock_timeout = '2s'`)

  // The tenant of each row. Empty at first: filling it here would block every other statement.
  // Lock: access exclusive.
  await knex.raw(`
    alter table public.tasks
      add column tenant_id uuid
  `)

  // A new row that names no tenant gets the one of its statement.
  // Lock: access exclusive.
  await knex.raw(`
    alter table public.settings alter column org
      set default nullif(current_setting('app.tenant_id', true), '')
  `)

  // A new row that names no tenant gets the one of its statement.
  // Lock: access exclusive.
  await knex.raw(`
    alter table public.U&"why\\\\\\003F Größe\\003F" alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid
  `)

  // A new row that names no tenant gets the one of its statement.
  // Lock: access exclusive.
  await knex.raw(`
    alter table only public.visits alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid
  `)

  // A new row that names no tenant gets the one of its statement.
  // Lock: access exclusive.
  await knex.raw(`
    alter table public.visits_1 alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid
  `)

  // A new row that names no tenant gets the one of its statement.
  // Lock: access exclusive.
  await knex.raw(`
    alter table public.tasks alter column tenant_id
      set default nullif(current_setting('app.tenant_id', true), '')::uuid
  `)
}

export async function down(knex: Knex): Promise<void> {
  if (!knex.isTransaction) return knex.transaction(down)

  await knex.raw(`set local row_security = off`)
  await knex.raw(`set local lock_timeout = '2s'`)

  // Restores what was there when this file was written.
  await knex.raw(`alter table public.tasks alter column tenant_id drop default`)
  await knex.raw(`alter table public.visits_1 alter column tenant_id drop default`)
  await knex.raw(`alter table only public.visits alter column tenant_id drop default`)
  await knex.raw(`
    alter table public.U&"why\\\\\\003F Größe\\003F" alter column tenant_id drop default
  `)
  await knex.raw(`alter table public.settings alter column org drop default`)
  // Hazard: The column goes, and the tenants of the rows with it.
  await knex.raw(`
    alter table public.tasks
      drop column tenant_id
  `)
}
