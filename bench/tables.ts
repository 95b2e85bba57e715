import type { Generated } from 'kysely'
import pg from 'pg'

export interface Tables {
  projects: Project
  projects_without_rls: Project
}

interface Project {
  tenant_id: Generated<number>
  id: number
  title: string
}

export const TENANTS = 100_000
export const ROWS_PER_TENANT = 10
/** Has 100 rows. */
export const SMALL_TENANT = 2
/** Is read as a stream. */
export const BIG_TENANT = 1
export const STREAMED = 10_000

/** The same rows twice, once with row security; returns the URL of the login that is bound by it. */
export async function createTables(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const current = `nullif(current_setting('app.tenant_id', true), '')::integer`
  const mine = `tenant_id = (select ${current})`
  try {
    await client.query(`
      create role bench_app login;
      create table projects (tenant_id integer, id integer, title text, primary key (tenant_id, id));
      insert into projects select t, i, 'Project ' || i
        from generate_series(1, ${TENANTS}) t, generate_series(1, ${ROWS_PER_TENANT}) i;
      insert into projects select t, i, 'Project ' || i
        from (values (${BIG_TENANT}, ${STREAMED}), (${SMALL_TENANT}, 100)) as more (t, n),
          generate_series(${ROWS_PER_TENANT + 1}, n) i;
      create table projects_without_rls (like projects including all);
      insert into projects_without_rls select * from projects;
      create policy tenant_access on projects to bench_app using (${mine}) with check (${mine});
      create policy tenant_isolation on projects as restrictive to bench_app using (${mine}) with check (${mine});
      alter table projects alter tenant_id set default ${current};
      alter table projects enable row level security, force row level security;
      grant select, insert, update, delete on projects, projects_without_rls to bench_app;
      -- To see the memory of its own backend.
      grant pg_read_all_stats to bench_app;
      analyze;
    `)
  } finally {
    await client.end()
  }
  const appUrl = new URL(url)
  appUrl.username = 'bench_app'
  return appUrl.href
}
