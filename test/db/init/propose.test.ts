import { expect } from 'chai'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { isTenancyError } from '../../../src/errors/tenancy-error.ts'
import type { Answers } from '../../../src/init/answers.ts'
import { proposedConfig } from '../../../src/init/proposed-config.ts'
import { plan } from '../../../src/migration/plan.ts'
import { wantedState } from '../../../src/wanted/wanted-state.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { proposalFor, questionFor, surveyOf } from '../../support/proposals.ts'

const TENANTS = 'create table tenants (id uuid primary key, name text);'

describe('init: what is proposed', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const survey = (sql: string) => surveyOf(database, sql)
  const proposal = async (sql: string, answers?: Answers) => proposalFor(await survey(sql), answers)
  const question = async (sql: string, answers?: Answers) => questionFor(await survey(sql), answers)

  /** The config, which the other commands must be able to use, and what is left to decide. */
  async function config(sql: string, answers: Answers = {}) {
    const read = await survey(sql)
    const found = proposalFor(read, answers)
    const proposed = proposedConfig(found)
    const wanted = wantedState(parseConfig(proposed), read.snapshot)
    expect(wanted.withoutColumn).to.have.length(wanted.adoptions.length)
    plan(wanted, read.snapshot)
    const { tenant, tables, global } = proposed
    return { tenant, tables, global, undecided: found.undecided }
  }

  describe('the tenant column', () => {
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
        undecided: [
          { name: 'notes', reason: 'tenant_id is smallint, which is no type of a tenant' },
        ],
      })
    })

    it('that may be NULL is said to be, and shared only when somebody says so', async () => {
      const sql = 'create table templates (id int primary key, tenant_id uuid)'
      expect((await proposal(sql)).tables).to.deep.equal([
        {
          ...{ name: 'templates', column: 'tenant_id', nullable: true, shared: false },
          adoption: undefined,
        },
      ])
      expect((await config(sql, { shared: ['templates'] })).tables).to.deep.equal({
        templates: { shared: true },
      })
    })
  })

  describe('a table without the column', () => {
    const PROJECTS = `${TENANTS}
      create table projects (id int primary key, tenant_id uuid not null references tenants);`

    it('is adopted by the parent on the shortest path without NULL', async () => {
      const { tables, undecided } = await config(`${PROJECTS}
        create table reactions (id int primary key, comment_id int not null);
        create table comments (id int primary key, task_id int not null);
        create table tasks (id int primary key, project_id int not null references projects);
        alter table comments add foreign key (task_id) references tasks;
        alter table reactions add foreign key (comment_id) references comments`)
      expect({ tables, undecided }).to.deep.equal({
        tables: {
          tenants: { column: 'id' },
          projects: {},
          tasks: { backfill: { parent: 'projects' } },
          comments: { backfill: { parent: 'tasks' } },
          reactions: { backfill: { parent: 'comments' } },
        },
        undecided: [],
      })
    })

    it('that has several parents goes with the one that it is deleted with', async () => {
      const { tables } = await proposal(`${PROJECTS}
        create table labels (id int primary key, tenant_id uuid not null);
        create table project_labels (
          label_id int not null references labels,
          project_id int not null references projects on delete cascade)`)
      expect(tables.at(-1)).to.deep.equal({
        ...{ name: 'project_labels', column: 'tenant_id', nullable: false, shared: false },
        adoption: { parent: 'projects', alternatives: ['labels'] },
      })
    })

    it('is not decided when no migration could follow its way', async () => {
      const { tables, global, undecided } = await config(`${PROJECTS}
        create table users (id int primary key, tenant_id uuid not null);
        create table notes (id int primary key, project_id int references projects);
        create table messages (id int primary key,
          sender_id int not null references users, recipient_id int not null references users);
        create table attachments (id int primary key, note_id int not null references notes);
        create table transfers (id int primary key,
          source uuid not null references tenants, target uuid not null references tenants);
        create table drafts (id int primary key, project_id int not null)`)
      expect({ tables, global, undecided }).to.deep.equal({
        tables: { tenants: { column: 'id' }, projects: {}, users: {} },
        global: [],
        undecided: [
          { name: 'messages', reason: 'more than one foreign key leads to public.users' },
          { name: 'notes', reason: 'its way to a tenant, project_id, may be NULL' },
          { name: 'transfers', reason: 'more than one foreign key leads to public.tenants' },
          { name: 'attachments', reason: 'note_id leads to public.notes, which is not decided' },
          {
            name: 'drafts',
            reason: 'project_id may lead to public.projects, and no foreign key says so',
          },
        ],
      })
    })

    it('is global when nothing leads to a tenant', async () => {
      const { global, undecided } = await config(`${PROJECTS}
        create table regions (id int primary key);
        create table countries (code text primary key, region_id int not null references regions)`)
      expect({ global, undecided }).to.deep.equal({
        global: ['countries', 'regions'],
        undecided: [],
      })
    })
  })

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
        ...['order', '"odd ""name"""', '"a.b"', '" x "', "it's", 'Größe', '0'],
        ...['back\\slash\nline', '"S.1"."t.1"'],
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

    it('that the database does not have are refused, all at once', async () => {
      const answers = {
        ...{ column: 'org', tenantsTable: 'orgs', shared: ['notes'] },
        ...{ appRoles: ['nobody', 'me'], adminRoles: ['me'] },
      }
      const sql = 'create table projects (id int primary key, tenant_id uuid not null)'
      expect(await failure(proposal(sql, answers))).to.deep.equal({
        code: 'INIT.UNKNOWN_NAME',
        message: [
          'The flags and the database do not fit; nothing was written.',
          'No table has a column org.',
          'There is no table orgs.',
          'There is no table notes.',
          'There is no role nobody.',
          'There is no role me.',
          'me cannot be both the app role and the admin role.',
        ].join('\n  '),
      })
    })
  })

  it('refuses answers that would change nothing', async () => {
    const sql = `
      create table orgs (a int, b int, primary key (a, b));
      create table countries (code text primary key);
      create table projects (id int primary key, tenant_id uuid not null)`
    expect(
      await failure(proposal(sql, { tenantsTable: 'orgs', shared: ['countries', 'projects'] })),
    ).to.deep.equal({
      code: 'INIT.UNKNOWN_NAME',
      message: [
        'The flags and the database do not fit; nothing was written.',
        'orgs has no key of one column that could be the tenant.',
        'countries has no tenant column, and so no rows to share.',
      ].join('\n  '),
    })
  })

  describe('nothing to propose', () => {
    it('is said of a database without tables', async () => {
      expect(await failure(proposal(''))).to.deep.equal({
        code: 'INIT.NOTHING_FOUND',
        message: `${database.name} has no tables to look at; nothing was written.`,
      })
    })

    it('is said of tables without anything like a tenant', async () => {
      expect(await failure(proposal('create table countries (code text)'))).to.deep.equal({
        code: 'INIT.NOTHING_FOUND',
        message: `No table of ${database.name} has a column that looks like a tenant, or a foreign key to a table of tenants; nothing was written.`,
      })
    })
  })
})

async function failure(failing: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await failing
  } catch (error) {
    if (isTenancyError(error)) return { code: error.code, message: error.message }
    throw error
  }
  return expect.fail('nothing was refused')
}
