// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Constraints, not validated yet: they hold for new rows, and no row is scanned.
//
// Locks, from its statement on until the commit; a lock that is not free within 2 s ends it all:
//   public.events: share
//   public.events_2024: share
//   public.events_2025: share
//   public."odd `${name} \ */   $& end": access exclusive
//
// `down` puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  // Takes in the indexes of the partitions, and gives one to every new partition.
  // Lock: share.
  await sql`create index events_tenant_id_idx on public.events (tenant_id)`.execute(db)

  // Ends here, and says where to look, when a row has no tenant.
  // Lock: access share.
  await sql`
    do $$
    begin
      if exists (
        select * from public."odd \`\${name} \\ */\n  $& end" where "odd \`\${name} \\ */\n  $& end" is null
      ) then
        raise exception using
          errcode = 'not_null_violation',
          message = E'public."odd \`\${name} \\\\ */\n  $& end" has rows without a tenant: select * from public."odd \`\${name} \\\\ */\n  $& end" where "odd \`\${name} \\\\ */\n  $& end" is null';
      end if;
    end
    $$
  `.execute(db)

  // A row without a tenant is refused. Validated, this proves NOT NULL without a scan.
  // Hazard: An insert that names no tenant and has none to take is refused from here on.
  // Lock: access exclusive.
  await sql`
    alter table public."odd \`\${name} \\ */\n  $& end"
      add constraint tenant_not_null check ("odd \`\${name} \\ */\n  $& end" is not null) not valid
  `.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  // Restores what was there when this file was written.
  await sql`
    alter table public."odd \`\${name} \\ */\n  $& end"
      drop constraint tenant_not_null
  `.execute(db)
  await sql`drop index public.events_tenant_id_idx`.execute(db)
}
