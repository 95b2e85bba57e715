import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { configFor, questionFor, surveyOf } from '../../support/proposals.ts'

const PROJECTS = `
  create table tenants (id uuid primary key);
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create table tasks (id uuid primary key, tenant_id uuid not null references tenants);`

describe('P15 a guess of the tenant column never opens', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const config = async (sql: string, answers?: Answers) =>
    configFor(await surveyOf(database, sql), answers)
  const question = async (sql: string, answers?: Answers) =>
    questionFor(await surveyOf(database, sql), answers)

  describe('the tenant column is asked for', () => {
    const options = async (sql: string) => {
      const { about, options } = await question(sql)
      return { about, options: options.map(({ value, note }) => `${value} ${note}`) }
    }

    it('when another column is in more tables than the one with a usual name', async () => {
      expect(
        await options(`
          create table networks (id uuid primary key);
          create table identities (id uuid primary key, organization_id uuid,
            nid uuid not null references networks);
          create table sessions (id uuid primary key, nid uuid not null references networks);
          create table messages (id uuid primary key, nid uuid not null references networks);
          create table kinds (id uuid primary key, name text)`),
      ).to.deep.equal({
        about: 'column',
        options: ['nid in 3 of 5 tables', 'organization_id in 1 of 5 tables'],
      })
    })

    it('the one that leads to a table of tenants first, although another is in more tables', async () => {
      expect(
        await options(`
          create table orgs (id int primary key);
          create table repos (id int primary key, org_id int references orgs);
          create table members (id int primary key, org_id int not null references orgs);
          create table caches (id int primary key, repo_id int);
          create table keys (id int primary key, repo_id int);
          create table logs (id int primary key, repo_id int);
          create table runs (id int primary key, repo_id int)`),
      ).to.deep.equal({
        about: 'column',
        options: ['org_id in 2 of 7 tables', 'repo_id in 4 of 7 tables'],
      })
    })

    it('the wider one first, when the table that is called like tenants is inside of it', async () => {
      expect(
        await options(`
          create table shops (id int primary key);
          create table customers (id int primary key, shop_id int not null references shops);
          create table orders (id int primary key, shop_id int not null references shops,
            customer_id int not null references customers);
          create table products (id int primary key, shop_id int not null references shops);
          create table prices (id int primary key, shop_id int not null references shops)`),
      ).to.deep.equal({
        about: 'column',
        options: ['shop_id in 4 of 5 tables', 'customer_id in 1 of 5 tables'],
      })
    })

    for (const column of ['namespace text', 'nid bigint', 'project_id uuid', '"siteId" int']) {
      it(`when most tables have only an unusual one: ${column}`, async () => {
        const [name = ''] = column.replaceAll('"', '').split(' ')
        expect(
          await options(`
            create table pages (id int primary key, ${column} not null);
            create table posts (id int primary key, ${column} not null);
            create table kinds (code text primary key)`),
        ).to.deep.equal({ about: 'column', options: [`${name} in 2 of 3 tables`] })
      })
    }

    it('when no usual one is there, and few tables have each; people are no tenants', async () => {
      expect(
        await options(`
          create table realms (id int primary key, name text);
          create table people (id int primary key, realm_id int not null references realms);
          create table streams (id int primary key, realm_id int not null references realms);
          create table reads (id int primary key, user_id int not null references people);
          create table likes (id int primary key, user_id int not null references people);
          create table stars (id int primary key, user_id int not null references people);
          create table kinds (code text primary key)`),
      ).to.deep.equal({
        about: 'column',
        options: ['realm_id in 2 of 7 tables', 'user_id in 3 of 7 tables'],
      })
    })

    it('and the answer is taken, whatever its name', async () => {
      const sql = `
        create table pages (id int primary key, namespace text not null);
        create table posts (id int primary key, namespace text not null)`
      expect(await config(sql, { column: 'namespace' })).to.deep.equal({
        tenant: { column: 'namespace', type: 'text' },
        tables: { pages: {}, posts: {} },
        global: [],
        undecided: [],
      })
    })
  })

  it('the tenant column is not asked for when the others lead to tables of a tenant', async () => {
    const { tenant, tables } = await config(`
      create table tenants (id int primary key);
      create table projects (id int primary key, tenant_id int not null references tenants);
      create table pages (id int primary key, project_id int not null references projects);
      create table posts (id int primary key, project_id int not null references projects);
      create table files (id int primary key, project_id int not null)`)
    expect({ tenant, tables }).to.deep.equal({
      tenant: { column: 'tenant_id', type: 'integer' },
      tables: {
        tenants: { column: 'id' },
        projects: {},
        pages: { backfill: { parent: 'projects' } },
        posts: { backfill: { parent: 'projects' } },
      },
    })
  })

  describe('a tenant column that may be NULL', () => {
    it('is filled from the parent, and from the parent of the parent', async () => {
      const { tables } = await config(`${PROJECTS}
        create table runs (id int primary key, tenant_id uuid,
          project_id uuid not null references projects);
        create table steps (id int primary key, tenant_id uuid, run_id int not null references runs);
        create table logs (id int primary key, step_id int not null references steps)`)
      expect(tables).to.deep.equal({
        tenants: { column: 'id' },
        projects: {},
        runs: { backfill: { parent: 'projects' } },
        steps: { backfill: { parent: 'runs' } },
        tasks: {},
        logs: { backfill: { parent: 'steps' } },
      })
    })

    it('is not filled when the way may be NULL, is not the only one, or leads to shared rows', async () => {
      const sql = `${PROJECTS}
        create table templates (id int primary key, tenant_id uuid);
        create table runs (id int primary key, tenant_id uuid, project_id uuid references projects);
        create table moves (id int primary key, tenant_id uuid,
          source_id uuid not null references projects, target_id uuid not null references projects);
        create table copies (id int primary key, tenant_id uuid,
          template_id int not null references templates)`
      expect((await config(sql, { shared: ['templates'] })).tables).to.deep.equal({
        tenants: { column: 'id' },
        copies: {},
        moves: {},
        projects: {},
        runs: {},
        tasks: {},
        templates: { shared: true },
      })
    })
  })
})
