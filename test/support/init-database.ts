import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages } from './config-package.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from './postgres.ts'
import { type Project, withProject } from './run-cli.ts'

export const FILE = 'kysely-tenants.config.ts'
export const GOLDEN = new URL('../cli/golden/kysely-tenants.config.ts', import.meta.url)

const SCHEMA = `
  create role APP_owner login password 'secret';
  create role APP_user login password 'secret';
  create role APP_admin login password 'secret';
  grant create, temporary on database APP to APP_owner;
  revoke temporary on database APP from public;
  revoke create on schema public from public;
  grant create on schema public to APP_owner;
  set role APP_owner;

  create schema billing;
  create table countries (code text primary key);
  create table tenants (id uuid primary key default gen_random_uuid(), name text);
  create table users (tenant_id uuid not null references tenants, id uuid not null, email text,
    primary key (tenant_id, id), unique (tenant_id, email));
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create index on projects (tenant_id);
  create table "projectTasks" (id uuid primary key, "projectId" uuid not null references projects);
  create table templates (tenant_id uuid references tenants, body text);
  create table billing.invoices (org_id uuid not null references tenants, number int,
    primary key (org_id, number));
  create table billing.exports (id uuid primary key, tenant_id uuid references tenants,
    project_id uuid references projects);
  create table drafts (id uuid primary key, project_id uuid references projects);
  create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null);
  insert into tenants values ('00000000-0000-0000-0000-000000000001', 'acme');
  insert into projects
    select '00000000-0000-0000-0000-00000000000a', id from tenants;
  insert into "projectTasks" select gen_random_uuid(), id from projects;
  insert into billing.exports select gen_random_uuid(), tenant_id, id from projects;

  grant usage on schema public, billing to APP_user, APP_admin;
  grant select, insert, update, delete on tenants, users, projects, "projectTasks", templates,
    billing.invoices, billing.exports to APP_user, APP_admin;
  grant select on countries to APP_user;`

interface InitDatabase {
  /** The URL of the owner of the tables. */
  readonly owner: string
  /** The options that name the logins. */
  roles(): string[]
  /** Replaces names that differ in each run. */
  told(text: string): string
}

/** For a `describe`: its tests share a database that no config describes yet. */
export function useInitDatabase(): InitDatabase {
  let database: TestDatabase
  before(async () => {
    // Only the tests set it, whatever the environment of the run has.
    delete process.env.DATABASE_URL
    database = await createDatabase()
    await createSchema(database.url)
  })
  after(() => database.drop())

  return {
    get owner() {
      return loginUrl(database.url, `${database.name}_owner`)
    },
    roles: () => ['--app-role', `${database.name}_user`, '--admin-role', `${database.name}_admin`],
    told: (text) =>
      text
        .replaceAll(`${database.name}_`, 'crm_')
        .replaceAll(database.name, 'crm')
        .replace(/PostgreSQL \d+/, 'PostgreSQL 18'),
  }
}

/** Creates the roles and tables that `init` looks at; the names of the roles begin with that of the database. */
export async function createSchema(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await withClient(url, (client) => client.query(SCHEMA.replaceAll('APP', name)))
}

/** Runs `body` in a project without a config, which can import the packages that a config needs. */
export function inProject(body: (project: Project) => Promise<void>): Promise<void> {
  return withProject(undefined, (project) => {
    installPackages(project.folder)
    return body(project)
  })
}

export function readConfig({ folder }: Project): string {
  return readFileSync(join(folder, FILE), 'utf8')
}
