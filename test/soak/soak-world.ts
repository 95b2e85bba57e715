import { loginUrl, roleName, withClient } from '../support/postgres.ts'

export interface Tables {
  /** `tenant_id` is the column's default; `meant_for` is who wrote the row. */
  projects: { id: number; tenant_id: string; meant_for: string }
}

export interface SoakWorld {
  /** Of a superuser. */
  readonly url: string
  readonly appUrl: string
  readonly appRole: string
  readonly tenants: readonly string[]
}

/** Residue of a session, as functions of the world leave it. */
const LEAVINGS = {
  'temporary table': 'create temp table left_by_function as select * from public.projects',
  'temporary view': 'create temp view left_view as select 1 as id',
  'temporary function':
    'create function pg_temp.left_function() returns int language sql as $f$ select 1 $f$',
  cursor: 'declare left_cursor cursor with hold for select * from public.projects',
  role: 'set role ROLE',
  row_security: `update pg_settings set setting = 'off' where name = 'row_security'`,
  search_path: 'set search_path = attic, public',
  statement_timeout: `set statement_timeout = '7min'`,
}

export const LEAVING_KINDS: readonly string[] = Object.keys(LEAVINGS)

export const ROWS_PER_TENANT = 3

/** In an empty database: a tenant table under both policies, some rows for each tenant, an app login. */
export async function createSoakWorld(url: string, count: number): Promise<SoakWorld> {
  const app = roleName(url, 'app')
  const database = new URL(url).pathname.slice(1)
  // One id is the beginning of another: neither may be taken for the other.
  const tenants = Array.from({ length: count }, (_, i) => `t${i + 1}`)
  const mine = `tenant_id = (select nullif(current_setting('app.tenant_id', true), ''))`
  await withClient(url, async (client) => {
    await client.query(`
      create role ${app} login password 'secret';
      create table projects (
        id integer,
        tenant_id text not null default nullif(current_setting('app.tenant_id', true), ''),
        meant_for text not null,
        primary key (tenant_id, id)
      );
      create policy tenant_access on projects to ${app} using (${mine}) with check (${mine});
      create policy tenant_isolation on projects as restrictive to ${app} using (${mine}) with check (${mine});
      alter table projects enable row level security, force row level security;
      grant select, insert, update, delete on projects to ${app};
      grant temporary on database ${database} to ${app};`)
    // A backend whose client is gone ends at once, not when its statement is done.
    await client.query(`alter database ${database} set client_connection_check_interval = '50ms'`)
    await client.query(
      `insert into projects (tenant_id, meant_for, id)
        select tenant, tenant, id from unnest($1::text[]) tenant, generate_series(1, $2::int) id`,
      [tenants, ROWS_PER_TENANT],
    )
    await client.query('analyze projects')
    await client.query(leaving(app))
  })
  return { url, appUrl: loginUrl(url, app), appRole: app, tenants }
}

/** A role that sees every row, a schema with another `projects`, and all that leaves residue. */
function leaving(app: string): string {
  const role = `${app}_reporting`
  const branches = Object.entries(LEAVINGS).map(
    ([kind, text]) => `when '${kind}' then $text$${text.replace('ROLE', role)}$text$`,
  )
  return `
    create role ${role};
    grant ${role} to ${app};
    grant select on projects to ${role};
    -- Calls a function: a plain condition would make the guard refuse the login.
    create policy reporting on projects to ${role} using (length(tenant_id) > 0);
    create schema attic;
    create view attic.projects as select 0 as id, 'attic' as tenant_id, 'attic' as meant_for;
    grant usage on schema attic to ${app}, ${role};
    grant select on attic.projects to ${app}, ${role};
    create function leave(kind text) returns text language plpgsql as $body$
      begin
        execute case kind ${branches.join(' ')} end;
        return kind;
      end $body$;
    create procedure leave_and_commit(kind text) language plpgsql as
      $body$ begin perform leave(kind); commit; end $body$;
    create function leave_by_trigger() returns trigger language plpgsql as
      $body$ begin perform leave(new.kind); return null; end $body$;
    create table triggering (kind text);
    create trigger leaves after insert on triggering
      for each row execute function leave_by_trigger();
    create table collected (kind text);
    create constraint trigger leaves after insert on collected deferrable initially deferred
      for each row execute function leave_by_trigger();
    create table ruled (kind text);
    create rule leaves as on insert to ruled do also select leave(new.kind);
    grant insert on triggering, collected, ruled to ${app};`
}
