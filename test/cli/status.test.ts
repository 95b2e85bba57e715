import { expect } from 'chai'
import { applyPlan } from '../support/apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

describe('kysely-tenants status', () => {
  let database: TestDatabase
  let url: string
  let roles: { app: string; admin: string }

  beforeEach(async () => {
    database = await createDatabase()
    url = database.url
    roles = { app: roleName(url, 'app'), admin: roleName(url, 'admin') }
    await withClient(url, (client) =>
      client.query(`
        create role ${roles.app} login;
        create role ${roles.admin} login;
        create table projects (id int, tenant_id uuid, primary key (tenant_id, id));
        create table "Task Lists" (id int, tenant_id varchar(20), primary key (tenant_id, id));
        create table countries (code text primary key);
        create schema billing;
        create table billing.invoices (id int, org_id bigint, primary key (org_id, id));
        grant usage on schema billing to ${roles.app}, ${roles.admin};
        grant select on projects, "Task Lists", billing.invoices to ${roles.app}, ${roles.admin};
      `),
    )
  })
  afterEach(() => database.drop())

  const TABLES = { projects: {}, 'Task Lists': {}, 'billing.invoices': { column: 'org_id' } }

  it('shows before any migration what is to be done, and exits 1', async () => {
    expect(await runCli(['status', '--url', url], { roles, tables: TABLES })).to.deep.equal({
      code: 1,
      out: text(
        'table                column     type                   policies  enabled  forced  drift',
        'public.projects      tenant_id  uuid                   0/3       no       no      9 steps',
        'public."Task Lists"  tenant_id  character varying(20)  0/3       no       no      9 steps',
        'billing.invoices     org_id     bigint                 0/3       no       no      9 steps',
        '',
        '✖ 3 tables: 27 steps for `kysely-tenants migrate:rls`.',
      ),
      err: '',
    })
  })

  it('exits 0 when all is in place', async () => {
    const config = { roles, tables: TABLES }
    await applyPlan(url, config)

    expect(await runCli(['status', '--url', url], config)).to.deep.equal({
      code: 0,
      out: text(
        'table                column     type                   policies  enabled  forced  drift',
        'public.projects      tenant_id  uuid                   3/3       yes      yes     none',
        'public."Task Lists"  tenant_id  character varying(20)  3/3       yes      yes     none',
        'billing.invoices     org_id     bigint                 3/3       yes      yes     none',
        '',
        '✔ 3 tables: all in place.',
      ),
      err: '',
    })
  })

  it('shows what drifted', async () => {
    const config = { roles, tables: TABLES }
    await applyPlan(url, config)
    await withClient(url, (client) =>
      client.query(`
        drop policy tenant_isolation on projects;
        alter policy tenant_access on "Task Lists" using (true);
        alter table billing.invoices no force row level security;
      `),
    )

    expect(await runCli(['status', '--url', url], config)).to.deep.equal({
      code: 1,
      out: text(
        'table                column     type                   policies  enabled  forced  drift',
        'public.projects      tenant_id  uuid                   2/3       yes      yes     2 steps',
        'public."Task Lists"  tenant_id  character varying(20)  3/3       yes      yes     1 step',
        'billing.invoices     org_id     bigint                 3/3       yes      no      1 step',
        '',
        '✖ 3 tables: 4 steps for `kysely-tenants migrate:rls`.',
      ),
      err: '',
    })
  })

  it('names what stands in the way of a migration', async () => {
    await withClient(url, (client) =>
      client.query('create policy tenant_access on projects for select using (false)'),
    )
    const config = { tables: ['projects', 'countries', 'Task Lists'] }

    expect(await runCli(['status', '--url', url], config)).to.deep.equal({
      code: 1,
      out: text(
        'table                column     type                   policies  enabled  forced  drift',
        'public.projects      tenant_id  uuid                   0/2       no       no      blocked',
        'public.countries     tenant_id  missing                0/0       no       no      blocked',
        'public."Task Lists"  tenant_id  character varying(20)  0/2       no       no      7 steps',
        '',
        'In the way of a migration',
        '  ✖ policy tenant_access on public.projects was not made by kysely-tenants',
        '  ✖ public.countries has no column tenant_id',
        '  next Resolve these yourself: `kysely-tenants migrate:rls` writes nothing before.',
        '',
        '✖ 3 tables: 7 steps for `kysely-tenants migrate:rls`; 2 blocked.',
      ),
      err: '',
    })
  })

  it('finds tables with a tenant column that the config does not mention', async () => {
    const config = { tables: ['projects'], global: ['countries'] }
    await applyPlan(url, config)

    expect(await runCli(['status', '--url', url], config)).to.deep.equal({
      code: 1,
      out: text(
        'table            column     type  policies  enabled  forced  drift',
        'public.projects  tenant_id  uuid  2/2       yes      yes     none',
        '',
        'Not in the config, but with a tenant column',
        '  ? public."Task Lists"  tenant_id',
        '  next List them under `tables`, or under `global` if they hold no tenant data.',
        '',
        '✖ 1 table: 1 not in the config.',
      ),
      err: '',
    })
  })

  it('has a line for each partition', async () => {
    await withClient(url, (client) =>
      client.query(`
        create table events (id int, tenant_id int not null) partition by range (id);
        create table events_1 partition of events for values from (0) to (9);
      `),
    )
    const { out } = await runCli(['status', '--url', url], { tables: ['events'] })
    expect(out.split('\n').slice(1, 3)).to.deep.equal([
      'public.events    tenant_id  integer  0/2       no       no      10 steps',
      'public.events_1  tenant_id  integer  0/2       no       no      7 steps',
    ])
  })

  it('prints JSON', async () => {
    const config = { tables: ['projects'], global: ['Task Lists'] }
    await applyPlan(url, config)
    await withClient(url, (client) =>
      client.query('alter table projects disable row level security'),
    )

    const { code, out, err } = await runCli(['status', '--json', '--url', url], config)
    const { serverVersion, ...status } = JSON.parse(out)
    expect({ code, err, status, serverVersion: typeof serverVersion }).to.deep.equal({
      code: 1,
      err: '',
      status: {
        version: 1,
        database: database.name,
        tables: [
          {
            schema: 'public',
            name: 'projects',
            column: 'tenant_id',
            type: 'uuid',
            rlsEnabled: false,
            rlsForced: true,
            policies: { wanted: 2, present: 2 },
            drift: ['Turns the policies on.'],
            blockers: [],
          },
        ],
        views: [],
        unlisted: [],
      },
      serverVersion: 'number',
    })
  })
})

function text(...lines: string[]): string {
  return `${lines.join('\n')}\n`
}
