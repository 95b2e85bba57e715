import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { proposedConfig } from '../../../src/init/proposed-config.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { proposalFor, questionFor, surveyOf } from '../../support/proposals.ts'

describe('init: whom and what it finds', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const survey = (sql: string) => surveyOf(database, sql)
  const proposal = async (sql: string, answers?: Answers) => proposalFor(await survey(sql), answers)
  const question = async (sql: string, answers?: Answers) => questionFor(await survey(sql), answers)

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
        app: ['app'],
        admin: [],
        others: [],
        warnings: [],
        owners: ['owner'],
        global: ['countries'],
      })
    })

    it('are none where superusers and owners do it all; global is then every other table', async () => {
      expect(await roles('')).to.deep.equal({
        app: [],
        admin: [],
        others: [],
        warnings: [],
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
        app: ['app'],
        admin: [],
        others: ['jobs'],
        warnings: [],
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
        const connected = { ...read, snapshot: { ...read.snapshot, currentUser } }
        return proposalFor(connected).roles.warnings
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
        migrations: { with: ['foreign-keys', 'views'] },
      })
      expect(found.undecided).to.deep.equal([
        { name: 'tasks', reason: 'tenant_id may be its tenant, and nothing says so' },
      ])
    })
  })
})
