import { expect } from 'chai'
import { readSnapshot } from '../../../src/catalog/read-snapshot.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { qualifiedName } from '../../../src/sql/quote.ts'
import { resolveWanted, snapshotRequest } from '../../../src/wanted/resolve-wanted.ts'
import { unlistedTables } from '../../../src/wanted/unlisted-tables.ts'
import { createDatabase, type TestDatabase, withRollback } from '../../support/postgres.ts'

const PROJECTS = 'create table projects (id int primary key, tenant_id uuid not null);'

describe('a table that the config does not list', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  /** Table → its tenant column. */
  function unlisted(sql: string, input: ConfigInput) {
    const config = parseConfig(input)
    return withRollback(database.url, async (client) => {
      await client.query(sql)
      await client.query('set local search_path = pg_catalog')
      const snapshot = await readSnapshot(client, snapshotRequest(config))
      const found = unlistedTables(resolveWanted(config, snapshot), snapshot)
      return Object.fromEntries(
        found.map(({ relation, tenantColumn }) => [qualifiedName(relation), tenantColumn?.name]),
      )
    })
  }

  it('has a tenant column, however it is written, or none', async () => {
    const sql = `${PROJECTS}
      create table "taskLists" (id int, "tenantId" uuid);
      create table notes (id int, body text);
      create schema billing;
      create table billing.invoices (id int, tenant_id uuid);
      create table billing.rates (code text)`
    const config = { schemas: ['public', 'billing'], tables: ['projects'], global: ['rates'] }
    expect(await unlisted(sql, config)).to.deep.equal({
      'billing.invoices': 'tenant_id',
      'public.notes': undefined,
      'public."taskLists"': 'tenantId',
    })
  })

  describe('has no tenant column that is called like the key of the tenants table', () => {
    for (const [title, tenants, column, own] of [
      ['a primary key', 'create table tenants (id uuid primary key);', 'id', 'id int'],
      [
        'a primary key of two columns',
        'create table tenants (region text, id uuid, primary key (region, id));',
        'id',
        'id int',
      ],
      [
        'a unique key beside the primary key',
        'create table tenants (pk bigint primary key, slug text not null unique);',
        'slug',
        'slug text',
      ],
      [
        'no key of its own, and a foreign key leads to it',
        `create table tenants (region text, number uuid, primary key (region, number));
         alter table projects add region text;
         alter table projects add foreign key (region, tenant_id) references tenants;`,
        'number',
        'number int',
      ],
      [
        'a primary key that an inheritance child does not have',
        `create table tenants (id uuid primary key);
         create table trials () inherits (tenants);`,
        'id',
        'id int',
      ],
    ] as const) {
      it(title, async () => {
        const sql = `${PROJECTS} ${tenants}
          create table countries (${own}, name text);
          create table invoices (${own}, tenant_id uuid)`
        const config = { tables: { tenants: { column }, projects: {} } }
        expect(await unlisted(sql, config)).to.deep.equal({
          'public.countries': undefined,
          'public.invoices': 'tenant_id',
        })
      })
    }
  })

  describe('has a tenant column', () => {
    it('when the tenants table is keyed by the same name', async () => {
      for (const column of ['tenant_id', 'org_id']) {
        const sql = `
          create table tenants (${column} uuid primary key);
          create table projects (id int, ${column} uuid not null references tenants);
          create table invoices (id int, ${column} uuid)`
        const config = { tenant: { column }, tables: ['tenants', 'projects'] }
        expect(await unlisted(sql, config)).to.deep.equal({ 'public.invoices': column })
      }
    })

    it('when only the tenants table is listed', async () => {
      const sql = `
        create table tenants (id uuid primary key);
        create table invoices (id int, tenant_id uuid)`
      expect(await unlisted(sql, { tables: { tenants: { column: 'id' } } })).to.deep.equal({
        'public.invoices': 'tenant_id',
      })
    })

    it('when a listed table has one row for each tenant', async () => {
      const sql = `
        create table tenants (id uuid primary key);
        create table settings (org uuid primary key references tenants);
        create table invoices (id int, org uuid)`
      const config = { tables: { tenants: { column: 'id' }, settings: { column: 'org' } } }
      expect(await unlisted(sql, config)).to.deep.equal({ 'public.invoices': 'org' })
    })
  })

  describe('is none of', () => {
    it('the records of migration tools, in any schema', async () => {
      const sql = `${PROJECTS}
        create schema drizzle;
        create table kysely_migration (name text primary key, timestamp text);
        create table kysely_migration_lock (id text primary key, is_locked int);
        create table knex_migrations (id int primary key, name text);
        create table knex_migrations_lock (index int primary key, is_locked int);
        create table _prisma_migrations (id text primary key);
        create table drizzle.__drizzle_migrations (id int primary key, hash text)`
      const config = { schemas: ['public', 'drizzle'], tables: ['projects'] }
      expect(await unlisted(sql, config)).to.deep.equal({})
    })

    it('partitions and inheritance children of listed and of global tables', async () => {
      const sql = `
        create table events (tenant_id uuid, at date) partition by range (at);
        create table events_2026 partition of events
          for values from ('2026-01-01') to ('2027-01-01') partition by hash (tenant_id);
        create table events_2026_0 partition of events_2026 for values with (modulus 1, remainder 0);
        create table notes (tenant_id uuid, body text);
        create table memos (color text) inherits (notes);
        create table countries (code text, tenant_id int) partition by list (code);
        create table countries_de partition of countries for values in ('de');
        create table currencies (code text primary key);
        create table coins (since date) inherits (currencies);
        create table old_coins () inherits (coins)`
      const config = { tables: ['events', 'notes'], global: ['countries', 'currencies'] }
      expect(await unlisted(sql, config)).to.deep.equal({})
    })

    it('partitions of another table, which have their line with it', async () => {
      const sql = `${PROJECTS}
        create table events (tenant_id uuid, at date) partition by range (at);
        create table events_all partition of events default`
      expect(await unlisted(sql, { tables: ['projects'] })).to.deep.equal({
        'public.events': 'tenant_id',
      })
    })
  })

  it('is the child of a global table that has a tenant column of its own, or another parent', async () => {
    const sql = `${PROJECTS}
      create table documents (id int, title text);
      create table contracts (tenant_id uuid) inherits (documents);
      create table sources (url text);
      create table pages (n int) inherits (documents, sources)`
    expect(await unlisted(sql, { tables: ['projects'], global: ['documents'] })).to.deep.equal({
      'public.contracts': 'tenant_id',
      'public.pages': undefined,
      'public.sources': undefined,
    })
  })
})
