import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { configFor, proposalFor, refusalOf, surveyOf } from '../../support/proposals.ts'

describe('init: what is proposed', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const config = async (sql: string, answers?: Answers) =>
    configFor(await surveyOf(database, sql), answers)
  const proposal = async (sql: string, answers?: Answers) =>
    proposalFor(await surveyOf(database, sql), answers)

  describe('names and kinds', () => {
    it('go with their schema where it is not the first one', async () => {
      const { schemas, tables, global } = await proposal(`
        create schema billing;
        create schema empty;
        create table notes (id int primary key, tenant_id uuid not null);
        create table billing.notes (id int primary key, tenant_id uuid not null);
        create table billing.invoices (id int primary key, tenant_id uuid not null);
        create table billing.currencies (code text primary key)`)
      expect({ schemas, tables: tables.map(({ name }) => name), global }).to.deep.equal({
        schemas: ['public', 'billing'],
        tables: ['notes', 'billing.invoices', 'billing.notes'],
        global: ['billing.currencies'],
      })
    })

    it('are read back by the config, whatever they are', async () => {
      const names = ['order', 'odd "name"', 'a.b', ' x ', "it's", 'Größe', '0', 'back\\slash\nline']
      const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`)
      const { tables } = await config(
        quoted
          .map((name) => `create table ${name} (id int, tenant_id uuid not null);`)
          .concat('create schema "S.1"; create table "S.1"."t.1" (tenant_id uuid not null);')
          .join('\n'),
      )
      expect(Object.keys(tables)).to.have.members([
        'order',
        '"odd ""name"""',
        '"a.b"',
        '" x "',
        "it's",
        'Größe',
        '0',
        'back\\slash\nline',
        '"S.1"."t.1"',
      ])
    })

    it('of partitions, inheritance children and extensions are left to what they belong to', async () => {
      const { tables, global } = await config(`
        create table events (tenant_id uuid not null, at date) partition by range (at);
        create table events_1 partition of events for values from ('2026-01-01') to ('2027-01-01');
        create table notes (tenant_id uuid not null);
        create table memos () inherits (notes)`)
      expect({ tables, global }).to.deep.equal({ tables: { events: {}, notes: {} }, global: [] })
    })
  })

  describe('nothing to propose', () => {
    it('is said of a database without tables', async () => {
      expect(await refusalOf(proposal(''))).to.deep.equal({
        code: 'INIT.NOTHING_FOUND',
        message: `${database.name} has no tables to look at; nothing was written.`,
      })
    })

    it('is said of tables without anything like a tenant', async () => {
      expect(await refusalOf(proposal('create table countries (code text)'))).to.deep.equal({
        code: 'INIT.NOTHING_FOUND',
        message: `No table of ${database.name} has a column that looks like a tenant, or a foreign key to a table of tenants; nothing was written.`,
      })
    })
  })
})
