import { expect } from 'chai'
import { withFirstPath } from '../support/first-path.ts'
import { roleName, withClient, withDatabase } from '../support/postgres.ts'

const [A, B] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']

const SCHEMA = `
  create table tenants (id uuid primary key, slug text not null unique);
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create table tasks (id int primary key, tenant_id uuid not null references tenants,
    project_id uuid references projects on delete cascade);
  create index on projects (tenant_id);
  create index on tasks (tenant_id);
  create view open_tasks as select * from tasks;
  insert into tenants values ('${A}', 'a'), ('${B}', 'b');
  insert into projects select id, id from tenants;`

const query = (url: string, sql: string) => withClient(url, (client) => client.query(sql))

describe('the config that init writes', () => {
  it('lets no row refer to a row of another tenant', () =>
    withDatabase(async (url) => {
      const app = roleName(url, 'app')
      await query(
        url,
        `create role ${app} login; ${SCHEMA}
         grant select, insert, update, delete on all tables in schema public to ${app}`,
      )
      await withFirstPath(url, async ({ run }) => {
        for (const command of [`init --yes --app-role ${app}`, 'migrate:rls', 'migrate:latest']) {
          expect(await run(...command.split(' '))).to.have.property('code', 0)
        }
      })
      const failed = await query(
        url,
        `set role ${app}; set app.tenant_id = '${B}';
         insert into tasks (id, project_id) values (1, '${A}')`,
      ).catch(({ code, constraint }) => ({ code, constraint }))
      expect(failed).to.deep.equal({ code: '23503', constraint: 'tasks_project_id_fkey' })
    }))

  it('has no key of the tenants table made per tenant, and no finding about it', () =>
    withDatabase(async (url) => {
      await query(url, SCHEMA)
      await withFirstPath(url, async ({ run }) => {
        await run('init', '--yes')
        const { out } = await run('migrate:rls', '--with', 'unique-keys', '--dry-run')
        expect(out)
          .to.include('projects_pkey')
          .and.not.to.match(/tenants_slug_key|tenants_pkey/)
        const { findings } = JSON.parse((await run('audit', '--json')).out)
        const objects = findings
          .filter(({ check }: { check: string }) => check === 'unique-without-tenant')
          .map(({ object }: { object: string }) => object)
        expect(objects).to.have.members(['public.projects', 'public.tasks'])
      })
    }))
})

describe('migrate:rls', () => {
  it('names what stays open between tenants while it is not planned', () =>
    withDatabase(async (url) => {
      await query(
        url,
        `${SCHEMA} create table notes (tenant_id uuid, a uuid references projects,
        b uuid references projects)`,
      )
      await withFirstPath(url, async ({ folder, run }) => {
        await run('init', '--yes')
        const { readFileSync, writeFileSync } = await import('node:fs')
        const file = `${folder}/kysely-tenants.config.ts`
        const text = readFileSync(file, 'utf8')
        writeFileSync(file, text.replace("with: ['foreign-keys', 'views']", 'with: []'))
        const { err } = await run('migrate:rls', '--dry-run')
        expect(err.slice(err.indexOf('Not planned'))).to.equal(
          [
            'Not planned:',
            '  --with foreign-keys  public.notes: foreign key notes_a_fkey may lead to a row of another tenant in public.projects',
            '  --with foreign-keys  public.notes: foreign key notes_b_fkey may lead to a row of another tenant in public.projects',
            '  --with foreign-keys  public.tasks: foreign key tasks_project_id_fkey may lead to a row of another tenant in public.projects',
            '  --with unique-keys  public.projects: unique key projects_pkey spans all tenants, and 1 more',
            '  --with views  public.open_tasks: the view reads as its owner postgres',
            '',
          ].join('\n'),
        )
      })
    }))
})
