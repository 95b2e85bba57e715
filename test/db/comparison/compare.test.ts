import { expect } from 'chai'
import pg from 'pg'
import type { Snapshot } from '../../../src/catalog/snapshot.ts'
import type { CheckContext } from '../../../src/checks/facts/context.ts'
import { changesBetween } from '../../../src/comparison/compare.ts'
import type { Config } from '../../../src/config/config.ts'
import { checkContext, createCorrectSchema, withRolesOf } from '../../support/correct-schema.ts'
import { createDatabase, describeOnOwnServer, type TestDatabase } from '../../support/postgres.ts'

const S = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`
const DEPARSED = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))`

/** A statement → every change that is reported of it. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  'select 1': [],

  // Roles.
  'create role app_owner_2': ['SAFE role app_owner_2: is new'],
  'create role app_owner_2 bypassrls createrole': [
    'WIDENS role app_owner_2: is new and has BYPASSRLS, may create roles',
  ],
  'alter role some_role login bypassrls': [
    'WIDENS role some_role: bypass rls: false → true',
    'WIDENS role some_role: can log in: false → true',
  ],
  'alter role app_user nologin': ['NARROWS role app_user: can log in: true → false'],
  'grant some_role to app_user': ['WIDENS role app_user: is a member of some_role now'],

  // Extensions.
  'create extension file_fdw': ['UNKNOWN extension file_fdw: is new'],
  'drop extension plpgsql': ['SAFE extension plpgsql: is gone'],

  // Tables.
  'alter table projects no force row level security': [
    'WIDENS public.projects: rls forced: true → false',
  ],
  'alter table countries enable row level security': [
    'NARROWS public.countries: rls enabled: false → true',
  ],
  'alter table projects owner to some_role': [
    'WIDENS public.projects: owner: app_owner → some_role',
  ],
  'create table plain (id int)': ['SAFE public.plain: table is new'],
  'create table plain (id int); grant select on plain to app_user, public': [
    'UNKNOWN public.plain: table is new, for public, app_user',
  ],
  'drop table spare': ['NARROWS public.spare: table is gone'],
  'alter table projects add note text, drop name': [
    'NARROWS public.projects: column name is gone',
    'SAFE public.projects: column note is new',
  ],
  'alter table events alter tenant_id drop not null': [
    'UNKNOWN public.events: column tenant_id not null: true → false',
  ],
  'alter table comments alter body set not null': [
    'SAFE public.comments: column body not null: false → true',
  ],
  'create index extra on events (at); drop index events_by_tenant': [
    'SAFE public.events: index events_by_tenant is gone',
    'SAFE public.events: index extra is new',
  ],
  'create publication everything for table projects': [
    'WIDENS public.projects: publication everything is new',
  ],
  'create rule r as on delete to projects do instead nothing': [
    'UNKNOWN public.projects: rules: none → ["r"]',
  ],

  // Grants.
  'grant truncate on projects to app_user': ['WIDENS public.projects: TRUNCATE of app_user is new'],
  'grant select on projects to public': ['WIDENS public.projects: SELECT of public is new'],
  'revoke insert on projects from app_user': [
    'NARROWS public.projects: INSERT of app_user is gone',
  ],
  'grant select (id, name), update (name) on projects to some_role': [
    'WIDENS public.projects: SELECT of some_role on column id is new',
    'WIDENS public.projects: SELECT of some_role on column name is new',
    'WIDENS public.projects: UPDATE of some_role on column name is new',
  ],
  // A privilege on the table is one on each column.
  'grant select (name) on projects to app_user': [
    'SAFE public.projects: SELECT of app_user on column name is new',
  ],
  'revoke select on projects from app_user; grant select (id) on projects to app_user': [
    'NARROWS public.projects: SELECT of app_user is gone',
    'SAFE public.projects: SELECT of app_user on column id is new',
  ],
  'revoke select (body) on comments from some_role': [
    'NARROWS public.comments: SELECT of some_role on column body is gone',
  ],
  'revoke select (body) on comments from some_role; grant select on comments to some_role': [
    'WIDENS public.comments: SELECT of some_role is new',
    'SAFE public.comments: SELECT of some_role on column body is gone',
  ],
  'alter default privileges grant select on tables to app_user': [
    'WIDENS default privileges: SELECT of app_user on new tables of postgres in all schemas is new',
  ],
  'grant create on schema public to app_user': ['WIDENS schema public: CREATE of app_user is new'],
  'alter role app_user set app.tenant_id = 7': [
    'WIDENS setting app.tenant_id: has the default 7 for app_user in all databases',
  ],

  // Views and functions.
  'create view v as select * from projects; grant select on v to app_user': [
    'WIDENS public.v: view is new, for app_user, and reads as its owner',
  ],
  'create view v as select * from projects': ['SAFE public.v: view is new'],
  'create or replace view seen as select tenant_id, id from projects where id < 9': [
    'UNKNOWN public.seen: query hash: *',
  ],
  'create function f() returns int language sql security definer return 1': [
    'WIDENS function public.f(): is new and runs as postgres',
  ],
  "create or replace function helper() returns int language sql security definer as 'select 2'": [
    'UNKNOWN function public.helper(): body hash: *',
  ],
  'revoke execute on function helper() from public': [
    'NARROWS function public.helper(): EXECUTE of public is gone',
  ],
  'alter function helper() security invoker': [
    'NARROWS function public.helper(): is gone, or none that matters any more',
  ],

  // Policies: by what was tried out with them, where that says it.
  'create policy p on projects to app_user using (true)': [
    'SAFE public.projects: policy p is new: permissive for all to app_user using true',
  ],
  'create policy p on projects using (true)': [
    'WIDENS public.projects: policy p is new: permissive for all to public using true',
  ],
  'create policy p on projects as restrictive for delete to app_user using (false)': [
    'NARROWS public.projects: policy p is new: restrictive for delete to app_user using false',
  ],
  'drop policy tenant_isolation on projects': [
    `SAFE public.projects: policy tenant_isolation is gone: restrictive for all to app_user using ${DEPARSED} with check ${DEPARSED}`,
  ],
  'drop policy tenant_access on projects': [
    `NARROWS public.projects: policy tenant_access is gone: permissive for all to app_user using ${DEPARSED} with check ${DEPARSED}`,
  ],
  [`alter policy tenant_access on projects using (tenant_id in ${S})`]: [
    'SAFE public.projects: policy tenant_access: *',
  ],
  'alter policy tenant_access on projects using (false)': [
    'NARROWS public.projects: policy tenant_access: *',
  ],
  [`alter policy tenant_isolation on projects using (true);
    alter policy tenant_access on projects using (${S} is null or tenant_id = ${S})`]: [
    'WIDENS public.projects: policy tenant_access: *',
    'WIDENS public.projects: policy tenant_isolation: *',
  ],
  [`alter policy tenant_isolation on projects using (true);
    alter policy tenant_access on projects using (name like '%' || ${S}::text)`]: [
    'UNKNOWN public.projects: policy tenant_access: *',
    'UNKNOWN public.projects: policy tenant_isolation: *',
  ],
  // By their words, where the user writes them.
  [`alter policy comment_access on comments using (tenant_id = ${S} and is_public)`]: [
    'NARROWS public.comments: policy comment_access: *',
  ],
  'alter policy comment_access on comments using (true)': [
    'WIDENS public.comments: policy comment_access: *',
  ],
  'alter policy comment_access on comments to app_user, some_role': [
    'WIDENS public.comments: policy comment_access: *',
  ],
  'alter policy comment_access on comments using (is_public)': [
    'UNKNOWN public.comments: policy comment_access: *',
  ],
  'comment on policy tenant_access on projects is null': [],
}

describeOnOwnServer('a comparison of two snapshots', () => {
  let database: TestDatabase
  let client: pg.Client
  let config: Config
  let untouched: Snapshot

  before(async () => {
    database = await createDatabase()
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query('begin')
    config = await createCorrectSchema(client, database.name)
    await client.query(withRolesOf(database.name, MORE))
    untouched = (await checkContext(client, config)).snapshot
  })
  after(async () => {
    await client.end()
    await database.drop()
  })

  async function contextAfter(sql: string): Promise<CheckContext> {
    await client.query('savepoint untouched')
    try {
      await client.query(withRolesOf(database.name, sql))
      return await checkContext(client, config)
    } finally {
      await client.query('rollback to untouched')
    }
  }

  for (const [sql, expected] of Object.entries(CASES)) {
    it(`says of ${sql}: ${expected.map((line) => line.split(' ')[0]).join(', ') || 'nothing'}`, async () => {
      const { snapshot, wanted } = await contextAfter(sql)
      const told = changesBetween(untouched, snapshot, wanted).map(
        ({ judgement, object, summary }) =>
          `${judgement} ${object}: ${summary}`.replaceAll(`${database.name}_`, ''),
      )
      expect(told.map((line, i) => cut(line, expected[i]))).to.deep.equal(expected)
    })
  }
})

/** As long as what is expected of it, where that ends with a star. */
function cut(line: string, expected = ''): string {
  const start = expected.replace(/\*$/, '')
  return start !== expected && line.startsWith(start) ? expected : line
}

const MORE = `
  create table spare (id int);
  grant select (body) on comments to some_role;
  create view seen as select tenant_id, id from projects;
  create function helper() returns int language sql security definer as 'select 1';`
