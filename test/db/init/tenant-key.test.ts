import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { configFor, proposalFor, questionFor, surveyOf } from '../../support/proposals.ts'

const TENANTS = 'create table tenants (id uuid primary key, name text);'

describe('init: the tenant column', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const config = async (sql: string, answers?: Answers) =>
    configFor(await surveyOf(database, sql), answers)
  const proposal = async (sql: string, answers?: Answers) =>
    proposalFor(await surveyOf(database, sql), answers)
  const question = async (sql: string, answers?: Answers) =>
    questionFor(await surveyOf(database, sql), answers)

  it('is the one that most tables have, in whatever style they write it', async () => {
    expect(
      await config(`
        create table projects (id int primary key, tenant_id uuid not null);
        create table tasks (id int primary key, tenant_id uuid not null);
        create table "projectTasks" (id int primary key, "tenantId" uuid not null);
        create table countries (code text primary key)`),
    ).to.deep.equal({
      tenant: { column: 'tenant_id', type: 'uuid' },
      tables: { projectTasks: { column: 'tenantId' }, projects: {}, tasks: {} },
      global: ['countries'],
      undecided: [],
    })
  })

  it('may have another name where a foreign key leads to the tenants', async () => {
    expect(
      await config(`${TENANTS}
        create table users (id int primary key, tenant_id uuid not null references tenants);
        create table invoices (id int primary key, billed_to uuid not null references tenants)`),
    ).to.deep.equal({
      tenant: { column: 'tenant_id', type: 'uuid' },
      tables: { tenants: { column: 'id' }, invoices: { column: 'billed_to' }, users: {} },
      global: [],
      undecided: [],
    })
  })

  it('is found by the foreign keys alone when the table of the tenants is named', async () => {
    const sql = `
      create table agencies (id bigint primary key, name text);
      create table clients (id int primary key, agency_id bigint not null references agencies)`
    expect(await config(sql, { tenantsTable: 'agencies' })).to.deep.equal({
      tenant: { column: 'agency_id', type: 'bigint' },
      tables: { agencies: { column: 'id' }, clients: {} },
      global: [],
      undecided: [],
    })
  })

  it('is of no one type when the tables do not agree', async () => {
    const { tenant } = await config(`
      create table projects (id int primary key, tenant_id uuid not null);
      create table tasks (id int primary key, tenant_id text not null)`)
    expect(tenant).to.deep.equal({ column: 'tenant_id' })
  })

  it('is asked for when some tables have only another one', async () => {
    const sql = `
      create table projects (id int primary key, tenant_id uuid not null);
      create table tasks (id int primary key, tenant_id uuid not null);
      create table invoices (id int primary key, company_id uuid not null)`
    expect(await question(sql)).to.deep.equal({
      about: 'column',
      text: 'Which column says whose row it is?',
      options: [
        { value: 'tenant_id', note: 'in 2 of 3 tables' },
        { value: 'company_id', note: 'in 1 of 3 tables' },
      ],
    })
    expect(await config(sql, { column: 'tenant_id' })).to.deep.equal({
      tenant: { column: 'tenant_id', type: 'uuid' },
      tables: { projects: {}, tasks: {} },
      global: [],
      undecided: [
        { name: 'invoices', reason: 'company_id may be its tenant, and nothing says so' },
      ],
    })
  })

  it('is asked for when the tenants belong to something themselves', async () => {
    const asked = await question(`
      create table orgs (id int primary key);
      create table accounts (id int primary key, org_id int not null references orgs);
      create table tasks (id int primary key, account_id int not null references accounts);
      create table notes (id int primary key, account_id int not null references accounts)`)
    expect(asked.options.map(({ value }) => value)).to.deep.equal(['account_id', 'org_id'])
  })

  it('is not asked for when the other one leads to a table of the tenant', async () => {
    expect(
      await config(`
        create table customers (id int primary key, tenant_id uuid not null);
        create table orders (id int primary key, customer_id int not null references customers)`),
    ).to.deep.equal({
      tenant: { column: 'tenant_id', type: 'uuid' },
      tables: { customers: {}, orders: { backfill: { parent: 'customers' } } },
      global: [],
      undecided: [],
    })
  })

  it('is not one that leads somewhere else', async () => {
    const sql = `
      create table accounts (id int primary key);
      create table bank_accounts (id int primary key);
      create table users (id int primary key, account_id int not null references accounts);
      create table payments (id int primary key, account_id int not null references bank_accounts)`
    expect(await question(sql)).to.deep.equal({
      about: 'tenantsTable',
      text: 'Which table has a row for each tenant?',
      options: [
        { value: 'bank_accounts', note: '1 of 2 foreign keys lead to it' },
        { value: 'accounts', note: '1 of 2 foreign keys lead to it' },
      ],
    })
    expect(await config(sql, { tenantsTable: 'accounts' })).to.deep.equal({
      tenant: { column: 'account_id', type: 'integer' },
      tables: { accounts: { column: 'id' }, users: {} },
      global: ['bank_accounts'],
      undecided: [{ name: 'payments', reason: 'account_id refers to another table' }],
    })
  })

  it('of a type that no tenant has leaves its table undecided', async () => {
    const { tables, undecided } = await config(`
      create table projects (id int primary key, tenant_id uuid not null);
      create table notes (id int primary key, tenant_id smallint not null)`)
    expect({ tables, undecided }).to.deep.equal({
      tables: { projects: {} },
      undecided: [{ name: 'notes', reason: 'tenant_id is smallint, which is no type of a tenant' }],
    })
  })

  it('that may be NULL is said to be, and shared only when somebody says so', async () => {
    const sql = 'create table templates (id int primary key, tenant_id uuid)'
    expect((await proposal(sql)).tables).to.deep.equal([
      {
        name: 'templates',
        column: 'tenant_id',
        nullable: true,
        shared: false,
        adoption: undefined,
      },
    ])
    expect((await config(sql, { shared: ['templates'] })).tables).to.deep.equal({
      templates: { shared: true },
    })
  })
})
