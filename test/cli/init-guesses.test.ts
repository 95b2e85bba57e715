import { expect } from 'chai'
import { withFirstPath } from '../support/first-path.ts'
import { roleName, withClient, withDatabase } from '../support/postgres.ts'

const [TENANT, OTHER] = [
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000000000002',
]

const PROJECTS = `
  create table tenants (id uuid primary key);
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create table tasks (id uuid primary key, tenant_id uuid not null references tenants);`

describe('P15 a guess of init never opens', () => {
  it('--yes refuses to choose the tenant column, and names the candidates', () =>
    withDatabase(async (url) => {
      await withClient(url, (client) =>
        client.query(`
          create table pages (id int primary key, namespace text not null, org_id int);
          create table posts (id int primary key, namespace text not null);
          create table files (id int primary key, namespace text not null)`),
      )
      await withFirstPath(url, async ({ run }) => {
        expect(await run('init', '--yes')).to.deep.equal({
          code: 2,
          out: '',
          err: [
            '✖ The catalog does not say: Which column says whose row it is? Nothing was written.  INIT.AMBIGUOUS',
            '  namespace  in 3 of 3 tables',
            '  org_id  in 1 of 3 tables',
            '  next Choose with `--tenant-column`.',
            '',
          ].join('\n'),
        })
        expect(await run('init', '--yes', '--tenant-column', 'namespace')).to.have.property(
          'code',
          0,
        )
      })
    }))

  it('a table that it leaves open is reported by the audit until it is decided', () =>
    withDatabase(async (url) => {
      const app = roleName(url, 'app')
      await withClient(url, (client) =>
        client.query(`${PROJECTS}
          create role ${app} login;
          create table insights (id uuid primary key, project_id uuid not null);
          create table events (id uuid primary key, insight_id uuid not null references insights);
          create table plans (id int primary key, stripe_id text);
          grant select, insert, update, delete on all tables in schema public to ${app}`),
      )
      await withFirstPath(url, async ({ run }) => {
        const init = await run('init', '--yes', '--app-role', app)
        expect(init.err).to.include('3 tables not decided')
        const found = async () => {
          const { findings } = JSON.parse((await run('audit', '--json')).out)
          return findings
            .filter(({ check }: { check: string }) => check === 'unclassified-table')
            .map(({ object }: { object: string }) => object)
        }
        expect(await found()).to.deep.equal(['public.events', 'public.insights', 'public.plans'])
        await run('init', '--yes', '--force', '--app-role', app, '--global', 'plans')
        expect(await found()).to.deep.equal(['public.events', 'public.insights'])
      })
    }))

  it('rows without a tenant get that of their parent, and so do the rows below them', () =>
    withDatabase(async (url) => {
      await withClient(url, (client) =>
        client.query(`${PROJECTS}
          create table runs (id int primary key, tenant_id uuid,
            project_id uuid not null references projects);
          create table items (id int primary key, run_id int not null references runs);
          insert into tenants values ('${TENANT}'), ('${OTHER}');
          insert into projects values ('${TENANT}', '${TENANT}'), ('${OTHER}', '${OTHER}');
          insert into runs values (1, null, '${TENANT}'), (2, '${OTHER}', '${OTHER}'), (3, null, '${OTHER}');
          insert into items select id, id from runs`),
      )
      await withFirstPath(url, async ({ run }) => {
        for (const command of ['init --yes', 'migrate:rls', 'migrate:latest', 'status']) {
          expect(await run(...command.split(' '))).to.have.property('code', 0)
        }
      })
      const { rows } = await withClient(url, (client) =>
        client.query(
          'select runs.tenant_id as run, items.tenant_id as item from runs join items on run_id = runs.id order by runs.id',
        ),
      )
      expect(rows).to.deep.equal([
        { run: TENANT, item: TENANT },
        { run: OTHER, item: OTHER },
        { run: OTHER, item: OTHER },
      ])
    }))
})
