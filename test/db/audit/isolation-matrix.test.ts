import { expect } from 'chai'
import { auditSnapshot } from '../../../src/audit/audit.ts'
import type { TableIsolation } from '../../../src/audit/isolation-matrix.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { plan } from '../../../src/migration/plan.ts'
import { checkContext, withRolesOf } from '../../support/correct-schema.ts'
import { createDatabase, type TestDatabase, withRollback } from '../../support/postgres.ts'

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`
const IN = OWN.replace('=', 'in')
const OPEN = `${OWN} or (select nullif(current_setting('app.tenant_id', true), '') is null)`
const SUPPORT = '00000000-0000-4000-8000-000000000007'

interface Case {
  readonly sql: string
  /** Of `projects`: select, insert, update, delete. */
  readonly cells: string
  readonly projects?: Exclude<ConfigInput['tables'], readonly string[]>[string]
}

const CASES: Readonly<Record<string, Case>> = {
  'as the plan makes it': { sql: '', cells: '✔✔✔✔' },
  'with shared rows': { sql: '', cells: '✔✔✔✔', projects: { shared: true } },
  'without row security': {
    sql: 'alter table projects disable row level security',
    cells: '✖✖✖✖',
  },
  'with an open policy above the floor': {
    sql: 'create policy p on projects to app_user using (true)',
    cells: '✔✔✔✔',
  },
  'with an open policy for reading and no floor': {
    sql: 'drop policy tenant_isolation on projects; create policy p on projects for select using (true)',
    cells: '✖✔✔✔',
  },
  'with an open WITH CHECK and no floor': {
    sql: `drop policy tenant_isolation on projects;
          alter policy tenant_access on projects using (${OWN}) with check (true)`,
    cells: '✔✖✖✔',
  },
  'with a condition that cannot be judged and no floor': {
    sql: `drop policy tenant_isolation on projects;
          create policy p on projects for delete using (${OWN} or tenant_id = any (array[gen_random_uuid()]))`,
    cells: '✔✔✔?',
  },
  // Where words do not tell, what was tried out does.
  'with policies in other words and no floor': {
    sql: `drop policy tenant_isolation on projects;
          alter policy tenant_access on projects using (${IN}) with check (${IN})`,
    cells: '✔✔✔✔',
  },
  'with a floor in other words above a condition that is not read': {
    sql: `alter policy tenant_isolation on projects using (${IN}) with check (${IN});
          create policy p on projects to app_user using (tenant_id is not null)`,
    cells: '✔✔✔✔',
  },
  'whose policy opens without a tenant': {
    sql: `drop policy tenant_isolation on projects;
          alter policy tenant_access on projects using (${OPEN}) with check (${OWN})`,
    cells: '✖✔✖✖',
  },
  'whose update may move rows': {
    sql: `drop policy tenant_isolation on projects; drop policy tenant_access on projects;
          create policy p on projects for update using (${IN}) with check (tenant_id is not null)`,
    cells: '✔✔✖✔',
  },
  'whose back door is for one tenant alone': {
    sql: `drop policy tenant_isolation on projects;
          create policy p on projects for select using (tenant_id = '${SUPPORT}' or ${OWN})`,
    cells: '✖✔✔✔',
  },
  'with a condition that is not run here': {
    sql: `drop policy tenant_isolation on projects;
          create function f(uuid) returns boolean language sql stable as 'select true';
          create policy p on projects for select using (f(tenant_id))`,
    cells: '?✔✔✔',
  },
  'with the boundary in other words, and policies of the user': {
    sql: `alter policy tenant_isolation on projects using (${IN}) with check (${IN});
          create policy mine on projects to app_user using (tenant_id is not null)`,
    cells: '✔✔✔✔',
    projects: { access: 'boundary' },
  },
  'with a floor that reads shared rows and writes any': {
    sql: `alter policy tenant_isolation_update on projects using (true) with check (true);
          create policy p on projects for update to app_user using (true)`,
    cells: '✔✔✖✔',
    projects: { shared: true },
  },
  'with a floor that binds another role': {
    sql: `alter policy tenant_isolation on projects to some_role;
          create policy p on projects for insert to app_user with check (true)`,
    cells: '✔✖✔✔',
  },
  'with the boundary alone': { sql: '', cells: '✔✔✔✔', projects: { access: 'boundary' } },
  'read by a view of a role that is not held': {
    sql: 'create view v as select * from projects; grant select, delete on v to app_user',
    cells: '✖✔✔✖',
  },
  'stored in a materialized view': {
    sql: 'create materialized view v as select * from projects; grant select on v to app_user',
    cells: '✖✔✔✔',
  },
  'with TRUNCATE': { sql: 'grant truncate on projects to app_user', cells: '✔✔✔✖' },
  'used by a superuser': { sql: 'alter role app_user superuser', cells: '✖✖✖✖' },
  'used by a role that can become the admin': {
    sql: 'grant app_admin to app_user',
    cells: '✖✖✖✖',
  },
  'whose rows go with those of a table that is of no tenant': {
    sql: `create table kinds (id int primary key); grant delete on kinds to app_user;
          alter table projects add column kind int references kinds on delete cascade`,
    cells: '✔✔✔✖',
  },
  'that code reaches which is put together': {
    sql: `create function f(q text) returns void language plpgsql security definer
            set search_path = pg_catalog, pg_temp as 'begin execute q; end'`,
    cells: '????',
  },
  'that a trigger on another table changes': {
    sql: `create table jobs (id int); grant insert on jobs to app_user;
          create function f() returns trigger language plpgsql security definer
            as 'begin update public.projects set id = 0; return new; end';
          create trigger t before insert on jobs for each row execute function f()`,
    cells: '✔✔✖✔',
  },
  'whose rows are copied to where the application reads': {
    sql: `create schema log; create table log.changes (what text);
          grant usage on schema log to app_user; grant select on log.changes to app_user;
          create function f() returns trigger language plpgsql
            as 'begin insert into log.changes values (new.id); return new; end';
          create trigger t after insert on projects for each row execute function f()`,
    cells: '?✔✔✔',
  },
  'beside files that the application may read': {
    sql: 'grant execute on function pg_read_file(text) to app_user',
    cells: '????',
  },
}

// A table that the audit calls isolated must be isolated: each case is one way in which it is not,
// or only seems so.
describe('the matrix of the audit', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  for (const [title, { sql, cells, projects = {} }] of Object.entries(CASES)) {
    it(`says ${cells} of a table ${title}`, async () => {
      const setup = `
        create table projects (tenant_id uuid, id int, unique (tenant_id, id));
        grant select, insert, update, delete on projects to app_user, app_admin`
      expect(await matrixOf({ tables: { projects } }, setup, sql)).to.deep.equal([
        `public.projects ${cells}`,
      ])
    })
  }

  it('proves nothing where the application is not known', async () => {
    const config = { tables: ['projects'], roles: {} }
    const setup = 'create table projects (tenant_id uuid, id int, unique (tenant_id, id))'
    expect(await matrixOf(config, setup, '')).to.deep.equal(['public.projects ????'])
  })

  it('has a line for partitions and for a table without the column', async () => {
    const setup = `
      create table events (tenant_id uuid, at date, unique (tenant_id, at)) partition by range (at);
      create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
      create table notes (body text);
      grant select on events to app_user`
    const sql = 'alter table events_2026 disable row level security'
    expect(await matrixOf({ tables: ['events', 'notes'] }, setup, sql)).to.deep.equal([
      'public.notes ✖✖✖✖',
      'public.events ✔✔✔✔',
      // It can be used through its parent alone.
      'public.events_2026 ✔✔✔✔',
    ])
  })

  /** In a transaction that is rolled back, and the roles with it. */
  function matrixOf(input: ConfigInput, setup: string, sql: string): Promise<string[]> {
    return withRollback(database.url, async (client) => {
      const run = (text: string) => client.query(withRolesOf(database.name, text))
      await run(`create role app_user login; create role app_admin login; create role some_role`)
      await run(setup)
      const roles = { app: `${database.name}_app_user`, admin: `${database.name}_app_admin` }
      const config = parseConfig({ roles, ...input })
      const { snapshot, wanted } = await checkContext(client, config)
      const ready = { ...wanted, withoutColumn: [] }
      for (const { up } of plan(ready, snapshot).flatMap(({ steps }) => steps)) {
        await client.query(up)
      }
      await run(sql)
      const { matrix } = auditSnapshot((await checkContext(client, config)).snapshot, config)
      return matrix.map((row) => `${row.table} ${signs(row)}`)
    })
  }
})

function signs(row: TableIsolation): string {
  const SIGNS = { isolated: '✔', hole: '✖', unknown: '?' }
  return [row.select, row.insert, row.update, row.delete].map((cell) => SIGNS[cell]).join('')
}
