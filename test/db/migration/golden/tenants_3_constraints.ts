// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Constraints, not validated yet: they hold for new rows, and no row is scanned.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.events (share): index events_tenant_id_idx
//   public.events_2024 (share)
//   public.events_2025 (share)
//   public."odd `${name} \ */   $& end" (access exclusive): CHECK tenant_not_null
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
    // Takes in the indexes of the partitions, and gives one to every new partition.
    // Lock: share.
    sql`create index events_tenant_id_idx on public.events (tenant_id)`,

    // Ends here, and says where to look, when a row has no tenant.
    // Lock: access share.
    sql`do $$ begin
      if exists (select * from public."odd \`\${name} \\ */\n  $& end" where "odd \`\${name} \\ */\n  $& end" is null) then
        raise not_null_violation using message = E'public."odd \`\${name} \\\\ */\n  $& end" has rows without a tenant: select * from public."odd \`\${name} \\\\ */\n  $& end" where "odd \`\${name} \\\\ */\n  $& end" is null';
      end if;
    end $$`,

    // A row without a tenant is refused. Validated, this proves NOT NULL without a scan.
    // Hazard: An insert that names no tenant and has none to take is refused from here on.
    // Lock: access exclusive.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" add constraint tenant_not_null check ("odd \`\${name} \\ */\n  $& end" is not null) not valid`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" drop constraint tenant_not_null`,
    sql`drop index public.events_tenant_id_idx`,
  ]
  for (const statement of statements) await statement.execute(db)
}
