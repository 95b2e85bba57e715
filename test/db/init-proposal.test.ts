import { expect } from 'chai'
import type pg from 'pg'
import { readSurvey, type Survey } from '../../src/catalog/read-survey.ts'
import { isTenancyError } from '../../src/errors/tenancy-error.ts'
import type { Answers } from '../../src/init/answers.ts'
import type { Proposal } from '../../src/init/proposal.ts'
import { propose } from '../../src/init/propose.ts'
import { proposedConfig } from '../../src/init/proposed-config.ts'
import { plan } from '../../src/migration/plan.ts'
import { parseConfig } from '../../src/parse-config.ts'
import { wantedState } from '../../src/wanted/wanted-state.ts'
import { createDatabase, type TestDatabase, withRollback } from '../support/postgres.ts'

const TENANTS = 'create table tenants (id uuid primary key, name text);'

describe('init: what is proposed', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  /** `APP` stands for the name of this database, with which the names of roles begin. */
  function survey(sql: string): Promise<Survey> {
    return withRollback(database.url, async (client: pg.Client) => {
      await client.query(sql.replaceAll('APP', database.name))
      await client.query('set local search_path = pg_catalog')
      return readSurvey(client)
    })
  }

  async function proposal(sql: string, answers: Answers = {}): Promise<Proposal> {
    const outcome = propose(await survey(sql), answers)
    return 'proposal' in outcome ? outcome.proposal : expect.fail(outcome.question.text)
  }

  async function question(sql: string, answers: Answers = {}) {
    const outcome = propose(await survey(sql), answers)
    return 'question' in outcome ? outcome.question : expect.fail('nothing was asked')
  }

  /** The config, which the other commands must be able to use, and what is left to decide. */
  async function config(sql: string, answers: Answers = {}) {
    const read = await survey(sql)
    const outcome = propose(read, answers)
    if ('question' in outcome) expect.fail(outcome.question.text)
    const proposed = proposedConfig(outcome.proposal)
    const wanted = wantedState(parseConfig(proposed), read.snapshot)
    expect(wanted.withoutColumn).to.have.length(wanted.adoptions.length)
    plan(wanted, read.snapshot)
    const { tenant, tables, global } = proposed
    return { tenant, tables, global, undecided: outcome.proposal.undecided }
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

  describe('roles', () => {
    const SCHEMA = `
      create role APP_owner login;
      create table projects (id int primary key, tenant_id uuid not null);
      create table countries (code text primary key);
      create table kysely_migration (name text primary key);
      create table secrets (value text);
      alter table projects owner to APP_owner;`

    async function roles(sql: string, answers: Answers = {}) {
      const { roles, owners, global } = await proposal(SCHEMA + sql, answers)
      const named = JSON.stringify({ ...roles, owners, global })
      return JSON.parse(named.replaceAll(`${database.name}_`, ''))
    }

    it('are the login that may change tenant tables and that row security binds', async () => {
      expect(
        await roles(`
          create role APP_reader login; grant select on projects to APP_reader;
          create role APP_group; grant select, insert on projects, countries to APP_group;
          create role APP_app login in role APP_group;
          create role APP_root login superuser; grant all on projects to APP_root;
          create role APP_bypass login bypassrls; grant all on projects to APP_bypass;
          create role APP_deputy login in role APP_owner`),
      ).to.deep.equal({
        ...{ app: ['app'], admin: [], others: [], warnings: [] },
        owners: ['owner'],
        global: ['countries'],
      })
    })

    it('are none where superusers and owners do it all; global is then every other table', async () => {
      expect(await roles('')).to.deep.equal({
        ...{ app: [], admin: [], others: [], warnings: [] },
        owners: ['owner'],
        global: ['countries', 'secrets'],
      })
    })

    it('are asked for when there are several', async () => {
      const sql = `
        create role APP_app login; create role APP_jobs login;
        grant select, insert, update, delete on projects to APP_app, APP_jobs;
        grant select on kysely_migration to APP_app;`
      const { about, options } = await question(SCHEMA + sql)
      expect({ about, options }).to.deep.equal({
        about: 'appRoles',
        options: ['app', 'jobs'].map((role) => ({
          value: `${database.name}_${role}`,
          note: 'may change 1 of 1 tenant tables',
        })),
      })
      expect(await roles(sql, { appRoles: [`${database.name}_app`] })).to.deep.equal({
        ...{ app: ['app'], admin: [], others: ['jobs'], warnings: [] },
        owners: ['owner'],
        global: ['kysely_migration'],
      })
    })

    it('that would not do what they are named for are warned of', async () => {
      const answers = { appRoles: [`${database.name}_owner`], adminRoles: [`${database.name}_all`] }
      const { warnings } = await roles('create role APP_all login in role APP_owner', answers)
      expect(warnings).to.deep.equal([
        'Row security does not bind owner: it owns tenant tables.',
        'all is a member of owner, and bound like it.',
      ])
    })
  })

  describe('the login of init', () => {
    it('is said to be unable to migrate what it does not own', async () => {
      const read = await survey(`
        create role APP_owner; create role APP_other login;
        create table projects (id int primary key, tenant_id uuid not null);
        create table tasks (id int primary key, tenant_id uuid not null);
        alter table projects owner to APP_owner;
        grant select on projects to APP_other`)
      const warnings = (currentUser: string) => {
        const outcome = propose({ ...read, snapshot: { ...read.snapshot, currentUser } }, {})
        return 'proposal' in outcome ? outcome.proposal.roles.warnings : expect.fail('it asked')
      }
      const { currentUser } = read.snapshot
      expect(warnings(currentUser)).to.deep.equal([])
      expect(warnings(`${database.name}_other`)).to.deep.equal([
        `${database.name}_other, who is connected, cannot migrate the tables of ${database.name}_owner, ${currentUser}.`,
      ])
    })
  })

  describe('Citus', () => {
    // Its extension is in no package for tests: these are its tables, as far as they are read.
    const CITUS = `
      set local allow_system_table_mods = on;
      insert into pg_catalog.pg_extension
        (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        values (99999, 'citus', 10, 11, false, '13.0');
      create table pg_catalog.pg_dist_partition
        (logicalrelid regclass, partmethod "char", partkey pg_node_tree, repmodel "char");
      create function pg_catalog.column_to_column_name(regclass, text) returns text
        language sql return 'org_id';
      create table projects (id int, org_id int not null, tenant_id int);
      create table tasks (id int, tenant_id int not null);
      create table plans (id int primary key, tenant_id int);
      insert into pg_catalog.pg_dist_partition values
        ('projects', 'h', null, 's'), ('plans', 'n', null, 't'), ('tasks', 'n', null, 's')`

    it('says by which column rows are distributed, and which tables every node has', async () => {
      const { snapshot: _, citus } = await survey(CITUS)
      expect(citus).to.deep.equal({
        tables: [
          { schema: 'public', name: 'plans', distributionColumn: null },
          { schema: 'public', name: 'projects', distributionColumn: 'org_id' },
        ],
      })
      const found = await proposal(CITUS)
      expect({ citus: found.citus, ...proposedConfig(found) }).to.deep.equal({
        citus: true,
        tenant: { column: 'org_id', type: 'integer' },
        schemas: ['public'],
        tables: { projects: {} },
        global: ['plans'],
      })
      expect(found.undecided).to.deep.equal([
        { name: 'tasks', reason: 'tenant_id may be its tenant, and nothing says so' },
      ])
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
