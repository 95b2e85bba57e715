// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Backfill: the tenant of the rows that are there, in batches that are committed one by one.
// Interrupted, it goes on where it stopped.
//
// Each table, its lock while a statement runs, and what it gets.
//   public.tasks (row exclusive): its rows filled
//
// `down` has no effect: the rows keep the tenants that they were given.
import { type Kysely, sql } from 'kysely'

// Read by `kysely-tenants migrate:latest`; kysely-ctl takes `--no-transaction`.
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set row_security = off`.execute(db)
  // These statements block no other while they wait, and one that gives up leaves work behind.
  await sql`set lock_timeout = 0`.execute(db)

  const statements = [
    // Gives each row the tenant of its row in public.projects, 10000 at a time; rows that are
    // locked wait for the next turn.
    // Hazard: Writes every row once.
    // Lock: row exclusive.
    sql`do $$ begin
      while exists (
        select from only public.tasks as child
        join public.projects as parent on parent.id = child.project_id
        where child.tenant_id is null and parent.tenant_id is not null
      ) loop
        update only public.tasks as filled set tenant_id = batch.tenant from (
          select child.ctid as place, parent.tenant_id as tenant
          from only public.tasks as child
          join public.projects as parent on parent.id = child.project_id
          where child.tenant_id is null and parent.tenant_id is not null
          limit 10000 for no key update of child skip locked
        ) as batch where filled.ctid = batch.place;
        if not found then perform pg_sleep(0.1); end if;
        commit;
      end loop;
    end $$`,
  ]
  for (const statement of statements) await statement.execute(db)

  await sql`reset lock_timeout`.execute(db)
  await sql`reset row_security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // There is no change to take back.
}
