import { expect } from 'chai'
import { createDatabase, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli, trouble } from '../support/run-cli.ts'

describe('a config that names objects which the database does not have', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) =>
      client.query(`
        create table projects (id int primary key, tenant_id uuid not null);
        create view open_projects as select * from projects;
        create table prices (id int primary key, tenant_id double precision not null);
        create view price_list as select id from prices;
        create policy by_hand on prices using (tenant_id > 0);
        create schema billing;
        create table billing.invoices (id int primary key, tenant_id uuid not null);
      `),
    )
  })
  after(() => database.drop())

  it('says when two names are one table', async () => {
    const config = {
      roles: { app: `${database.name}_clerk` },
      schemas: ['public', 'billing'],
      tables: ['projects', 'public.projects', 'billing.invoices'],
      global: ['invoices'],
    }
    await withClient(database.url, (client) => client.query(`create role ${database.name}_clerk`))
    expect(await runCli(['status', '--url', database.url], config)).to.deep.equal(
      trouble(
        '✖ The config and the database do not match; nothing was done.  CATALOG.MISMATCH',
        '  public.projects is listed twice, as projects in `tables` and as public.projects in `tables`; keep one.',
        '  billing.invoices is listed twice, as billing.invoices in `tables` and as invoices in `global`; keep one.',
        '  next Run the pending migrations of your schema and create the missing roles first, or correct the names in the config.',
      ),
    )
  })

  it('names the table, the role and the column that a misspelt name means', async () => {
    const role = `${database.name}_seller`
    await withClient(database.url, (client) => client.query(`create role ${role}`))
    const config = {
      roles: { app: role, admin: `${role}s` },
      tables: ['projcets', 'billing.invoces', 'public.projects'],
      lookups: { tenantOf: { table: 'public.projects', by: 'tenantid', many: true } },
    }
    expect(await runCli(['status', '--url', database.url], config)).to.deep.equal(
      trouble(
        '✖ The config and the database do not match; nothing was done.  CATALOG.MISMATCH',
        `  Role ${role}s is missing; did you mean ${role}?`,
        '  Table public.projcets is missing; did you mean public.projects?',
        '  Table billing.invoces is missing; did you mean billing.invoices?',
        '  lookups.tenantOf: public.projects has no column tenantid; did you mean tenant_id?',
        '  next Run the pending migrations of your schema and create the missing roles first, or correct the names in the config.',
      ),
    )
  })

  for (const command of ['audit', 'status', 'migrate:rls', 'backfill']) {
    it(`stops ${command}, and all of it is named`, async () => {
      const config = {
        roles: { app: 'a_login_of_no_cluster' },
        tables: ['projects', 'tasks', 'invoices', 'billing.invoices', 'open_projects', 'prices'],
      }
      const type =
        '  public.prices.tenant_id is double precision; a tenant column is uuid, text, varchar, integer, bigint or a domain over one of them. To alter its type, view public.price_list, policy by_hand on public.prices must go first.'
      expect(await runCli([command, '--url', database.url], config)).to.deep.equal(
        trouble(
          '✖ The config and the database do not match; nothing was done.  CATALOG.MISMATCH',
          '  Role a_login_of_no_cluster is missing.',
          '  Table public.tasks is missing.',
          '  Table public.invoices is missing. There is billing.invoices.',
          '  public.open_projects is a view; only tables have row security.',
          // The audit has a check for it.
          ...(command === 'audit' ? [] : [type]),
          '  next Run the pending migrations of your schema and create the missing roles first, or correct the names in the config.',
        ),
      )
    })
  }
})
