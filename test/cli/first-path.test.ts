import { expect } from 'chai'
import { withFirstPath } from '../support/first-path.ts'
import { roleName, withClient, withDatabase } from '../support/postgres.ts'

const PROJECTS = `
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create index on projects (tenant_id);`

// Schemas on which `status` once found tables that no config can list.
const SCHEMAS: Readonly<Record<string, string>> = {
  'the tenants listed by their id': `
    create table tenants (id uuid primary key); ${PROJECTS}
    create table countries (id int primary key, name text)`,
  'the tenants keyed by the name of the tenant column': `
    create table tenants (tenant_id uuid primary key);
    create table projects (id uuid primary key, tenant_id uuid not null references tenants);
    create table countries (id int primary key, name text)`,
  'the tenants keyed by two columns': `
    create table tenants (id uuid unique, region text, primary key (region, id)); 
    create table projects (id uuid primary key, tenant_id uuid not null references tenants (id));
    create table countries (id int primary key, name text)`,
  'partitions and children of global tables': `
    create table tenants (id uuid primary key); ${PROJECTS}
    create table countries (id int, code text) partition by list (code);
    create table countries_de partition of countries for values in ('de') partition by range (id);
    create table countries_de_1 partition of countries_de default;
    create table currencies (id int primary key);
    create table coins (since date) inherits (currencies)`,
  'the tables of several migration tools': `
    create table tenants (id uuid primary key); ${PROJECTS}
    create schema drizzle;
    create table drizzle.__drizzle_migrations (id int primary key, hash text);
    create table knex_migrations (id int primary key, name text);
    create table _prisma_migrations (id text primary key, checksum text)`,
  'tables in several schemas': `
    create schema crm;
    create schema lookup;
    create table crm.tenants (id uuid primary key);
    create table crm.projects (id uuid primary key, tenant_id uuid not null references crm.tenants);
    create table lookup.countries (id int primary key)`,
}

describe('init, migrate:rls, migrate:latest, status', () => {
  for (const [title, schema] of Object.entries(SCHEMAS)) {
    it(`end with all in place: ${title}`, () =>
      withDatabase(async (url) => {
        const app = roleName(url, 'app')
        await withClient(url, (client) => client.query(`create role ${app} login; ${schema}`))
        await withFirstPath(url, async ({ run }) => {
          expect(await run('init', '--yes', '--app-role', app)).to.have.property('code', 0)
          expect(await run('migrate:rls')).to.have.property('code', 0)
          expect(await run('migrate:latest')).to.have.property('code', 0)
          const { code, out } = await run('status')
          expect({ code, end: out.trimEnd().split('\n').at(-1) }).to.deep.equal({
            code: 0,
            end: '✔ 2 tables: all in place.',
          })
          const { findings } = JSON.parse((await run('audit', '--json')).out)
          const checks = findings.map(({ check }: { check: string }) => check)
          expect(checks).not.to.include.members(['unlisted-table-with-tenant-column'])
          expect(checks).not.to.include.members(['unclassified-table'])
        })
      }))
  }
})
