import type { ConfigInput } from '../../src/config/config.ts'
import { type MigrationProject, withMigrations } from './migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from './postgres.ts'

export const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'

/** Code of an owner that is no superuser, and logins beside that of the application. */
const TABLES = `
  create table projects (tenant_id uuid not null, id int, title text, primary key (tenant_id, id));
  create table events (tenant_id uuid not null, id int, primary key (tenant_id, id))
    partition by range (id);
  create table events_1 partition of events for values from (0) to (9);
  create table countries (code text primary key);
  insert into projects values ('${A}', 1, 'a'), ('${B}', 2, 'b');
  insert into countries values ('de');
  create materialized view totals as select tenant_id, count(*) from projects group by 1;
  create view titles as select title from projects;
  create view titles_again as select * from titles;
  create view open_titles with (security_barrier) as select code from countries;
  create function count_all() returns bigint language sql security definer
    set search_path = public as 'select count(*) from projects';
  create function count_any(name regclass) returns bigint language plpgsql security definer
    set search_path = public as $$ declare n bigint; begin
      execute format('select count(*) from %s', name) into n; return n; end $$;
  create function countries_only() returns bigint language sql security definer
    set search_path = public as 'select count(*) from countries';
  create function as_caller() returns bigint language sql as 'select count(*) from public.projects';
  create function log_event() returns trigger language plpgsql security definer
    set search_path = public as $$ begin
      insert into events select tenant_id, id from projects where id = new.id; return null; end $$;
  create trigger log_event after insert on projects for each row execute function log_event();`

export interface OwnerWorld {
  readonly url: string
  readonly app: string
  readonly owner: string
  /** As a superuser. */
  query<T = Record<string, unknown>>(sql: string): Promise<T[]>
  /** In a project whose command connects as the owner. */
  inProject<T>(
    config: Omit<ConfigInput, 'connection'>,
    body: (project: MigrationProject) => Promise<T>,
  ): Promise<T>
}

/** Runs `body` in a database whose tables and functions belong to a role that row security can bind. */
export function withOwner(body: (world: OwnerWorld) => Promise<void>): Promise<void> {
  return withDatabase(async (url) => {
    const [app, owner] = [roleName(url, 'app'), roleName(url, 'owner')]
    const query = <T>(sql: string) =>
      withClient(url, async (client) => [await client.query(sql)].flat().at(-1)?.rows as T[])
    await query(`
      create role ${app} login; create role ${owner} login password 'secret';
      create role ${owner}_backup login; create role ${app}_worker login in role ${app};
      grant create, usage on schema public to ${owner}; set role ${owner}; ${TABLES}
      grant select, insert, update, delete on projects, events, titles to ${app};
      grant select on projects to ${owner}_backup`)
    await body({
      url,
      app,
      owner,
      query,
      inProject: (config, work) =>
        withMigrations({ ...config, connection: loginUrl(url, owner) }, work),
    })
  })
}
