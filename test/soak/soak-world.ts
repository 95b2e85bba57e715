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
  })
  return { url, appUrl: loginUrl(url, app), appRole: app, tenants }
}
