import pg from 'pg'
import { createWorld, type TenantWorld } from './tenants.ts'

/** A world with a deferred constraint, and functions that change the session or fail. */
export async function createFaultWorld(): Promise<TenantWorld> {
  const world = await createWorld()
  const app = `${world.name}_app`
  const mine = `tenant_id = (select nullif(current_setting('app.tenant_id', true), ''))`
  const client = new pg.Client({ connectionString: world.url })
  await client.connect()
  await client.query(`
    create table slots (
      tenant_id text not null default nullif(current_setting('app.tenant_id', true), ''),
      slot integer not null,
      constraint one_per_slot unique (tenant_id, slot) deferrable initially deferred
    );
    create policy tenant_access on slots to ${app} using (${mine}) with check (${mine});
    alter table slots enable row level security, force row level security;
    grant select, insert, update, delete on slots to ${app};
    grant temporary on database ${world.name} to ${app};

    create function switch_tenant(tenant text) returns text language sql
      as $$ select set_config('app.tenant_id', tenant, true) $$;
    create function leave_tenant(tenant text) returns text language sql
      as $$ select set_config('app.tenant_id', tenant, false) $$;
    create procedure commit_and_copy() language plpgsql
      as $$ begin commit; insert into slots (slot) select id from projects; end $$;
    create function fail_with(state text) returns void language plpgsql
      as $$ begin raise exception 'asked for' using errcode = state; end $$;
  `)
  await client.end()
  return world
}
