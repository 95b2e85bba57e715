import type pg from 'pg'
import type { ConfigInput } from '../../src/config/config.ts'
import { createDatabase, type TestDatabase, withClient } from './postgres.ts'
import { type CliRun, runCli } from './run-cli.ts'

export const A = '00000000-0000-4000-8000-00000000000a'
export const B = '00000000-0000-4000-8000-00000000000b'

/** A database with two projects, each of a tenant, and ten tasks without one. */
export interface BackfillBench {
  readonly url: string
  query(sql: string): Promise<pg.QueryResultRow[]>
  backfill(tables: ConfigInput['tables'], ...argv: string[]): Promise<CliRun>
  /** The rows of `table` whose tenant is not the one of their project. */
  wrong(table?: string): Promise<pg.QueryResultRow[]>
}

/** Make the tables anew before each test of the `describe` that calls it. */
export function withTasks(): BackfillBench {
  let database: TestDatabase
  const query = async (sql: string): Promise<pg.QueryResultRow[]> =>
    withClient(database.url, async (client) => (await client.query(sql)).rows)

  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())
  beforeEach(() =>
    query(`
      drop schema if exists billing cascade;
      drop schema public cascade;
      create schema public;
      grant usage on schema public to public;
      create table projects (id int primary key, tenant_id uuid not null);
      insert into projects values (1, '${A}'), (2, '${B}');
      create table tasks (id int primary key, project_id int not null references projects, tenant_id uuid);
      insert into tasks select n, 1 + n % 2 from generate_series(1, 10) n;
    `),
  )

  return {
    get url() {
      return database.url
    },
    query,
    backfill: (tables, ...argv) =>
      runCli(['backfill', ...argv], { connection: database.url, tables }),
    wrong: (table = 'tasks') =>
      query(`
        select t.id from ${table} t left join projects p on p.id = t.project_id
        where t.tenant_id is distinct from p.tenant_id order by t.id`),
  }
}
