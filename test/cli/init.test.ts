import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { installPackages } from '../support/config-package.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from '../support/postgres.ts'
import { type Project, withProject } from '../support/run-cli.ts'

const FILE = 'kysely-tenants.config.ts'
const GOLDEN = new URL('./golden/kysely-tenants.config.ts', import.meta.url)

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

describe('init', () => {
  let database: TestDatabase
  let owner = ''
  before(async () => {
    database = await createDatabase()
    owner = loginUrl(database.url, `${database.name}_owner`)
    await withClient(database.url, (client) =>
      client.query(SCHEMA.replaceAll('APP', database.name)),
    )
  })
  after(() => database.drop())

  const told = (text: string) =>
    text.replaceAll(`${database.name}_`, 'crm_').replaceAll(database.name, 'crm')
  const roles = () => [
    '--app-role',
    `${database.name}_user`,
    '--admin-role',
    `${database.name}_admin`,
  ]
  const read = ({ folder }: Project) => readFileSync(join(folder, FILE), 'utf8')

  function inProject(body: (project: Project) => Promise<void>): Promise<void> {
    return withProject(undefined, (project) => {
      installPackages(project.folder)
      return body(project)
    })
  }

  it('writes a config, and says what it found', () =>
    inProject(async (project) => {
      const { code, out, err } = await project.run(
        'init',
        '--url',
        owner,
        ...roles(),
        '--shared',
        'templates',
      )
      expect({ code, out, err: told(err) }).to.deep.equal({
        code: 0,
        out: `${FILE}\n`,
        err: `tenant  tenant_id (uuid), of tenants
tables  7, 1 of them get the column
global  countries
app     crm_user
owner   crm_owner
1 table not decided
  ? drafts: its way to a tenant, project_id, may be NULL
Review it, then run \`kysely-tenants migrate:rls\`.
`,
      })
      const written = told(read(project))
      if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, written)
      expect(written).to.equal(readFileSync(GOLDEN, 'utf8'))
      expect(readdirSync(project.folder).toSorted()).to.deep.equal([
        ...[FILE, 'node_modules', 'package.json'],
      ])
    }))
})
