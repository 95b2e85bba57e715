import { expect } from 'chai'
import type { ConfigInput, TableInput } from '../../src/config/config.ts'
import type { MigrationPart } from '../../src/config/migration-part.ts'
import { type MigrationProject, readRelations, withMigrations } from './migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from './postgres.ts'

export const A = '00000000-0000-4000-8000-00000000000a'
export const B = '00000000-0000-4000-8000-00000000000b'

const TABLES = `
  create table projects (id int primary key, tenant_id uuid not null, name text);
  create table tasks (
    id int primary key, tenant_id uuid not null, project_id int references projects on delete set null
  );
  create table visits (
    id int primary key, tenant_id uuid not null, project_id int references projects on delete cascade
  ) partition by range (id);
  create table visits_1 partition of visits for values from (0) to (9);
  create unique index projects_by_name on projects (lower(name));
  insert into projects values (1, '${A}', 'a'), (2, '${B}', 'b');
  insert into tasks values (1, '${A}', 1), (2, '${B}', 2);
  insert into visits values (1, '${A}', 1), (2, '${B}', 2)`

export const LISTED = { projects: {}, tasks: {}, visits: {} }

interface World {
  readonly tables: Readonly<Record<string, TableInput>>
  readonly with: readonly MigrationPart[]
  /** The migrations run as the owner of the tables, and not as a superuser. */
  readonly owner?: true
}

/** Runs `body` in a project whose database has projects, tasks and visits of two tenants. */
export function inProject(
  { tables, with: parts, owner }: World,
  body: (project: MigrationProject, url: string) => Promise<unknown>,
): Promise<void> {
  return withDatabase(async (url) => {
    const [app, role] = [roleName(url, 'app'), roleName(url, 'owner')]
    await query(
      url,
      `create role ${app}; create role ${role} login password 'secret';
       grant create, usage on schema public to ${role}; ${owner ? `set role ${role};` : ''} ${TABLES}`,
    )
    const config: ConfigInput & { connection: string } = {
      connection: owner ? loginUrl(url, role) : url,
      roles: { app },
      tables,
      migrations: { with: parts },
    }
    await withMigrations(config, async (project) => {
      await body(project, url)
    })
  })
}

export async function migrate(project: MigrationProject): Promise<void> {
  const written = await project.run('migrate:rls')
  expect(written.code, written.err).to.equal(0)
  const latest = await project.run('migrate:latest')
  expect(latest.code, latest.err).to.equal(0)
}

export async function query(url: string, sql: string): Promise<object[]> {
  return withClient(url, async (client) => (await client.query<object>(sql)).rows)
}

export async function attempt(url: string, sql: string): Promise<string> {
  return query(url, sql).then(() => 'done', String)
}

export async function isBefore15(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    )
    return (rows[0]?.version ?? 0) < 150000
  })
}

/** The relations, with foreign keys as if they were validated: no statement undoes a validation. */
export async function readUnvalidated(url: string) {
  const relations = await readRelations(url)
  return withoutNumbers(relations).map(({ constraints, foreignKeys, ...relation }) => ({
    ...relation,
    foreignKeys: foreignKeys.map((key) => ({
      ...key,
      definition: key.definition.replace(/ NOT VALID$/, ''),
    })),
  }))
}

/** The relations without the estimates of the planner. */
export function withoutNumbers(relations: Awaited<ReturnType<typeof readRelations>>) {
  return relations.map(({ estimatedRows, ...relation }) => relation)
}
