import { expect } from 'chai'
import { type Generated, Kysely, sql } from 'kysely'
import pg from 'pg'
import { createTenancy, TenantDialect } from '../../src/index.ts'
import { withMigrations } from '../support/migration-project.ts'
import { readPage, sectionsOf } from '../support/page-blocks.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'

interface Start {
  /** What the tool left, for the roles `old` (its login) and `app` (a new one). */
  readonly sql: string
  /** The statements with which the old application enters tenant "a". */
  readonly enter: string
  readonly tenant: { readonly column: string; readonly type: 'text'; readonly setting?: string }
  readonly app: 'old' | 'app'
}

const TABLE = (column: string) => `
  create table projects (${column} text not null, title text);
  insert into projects values ('a', 'of a'), ('b', 'of b');
  alter table projects enable row level security;`
const CLAIM = `(select current_setting('request.jwt.claims', true)::json ->> 'tenant_id')`

/** By the section of the page. */
const STARTS: Readonly<Record<string, Start>> = {
  'Policies by hand, Drizzle, Prisma, better-tenant, tenant-kit': {
    sql: `${TABLE('company_id')}
      alter table projects alter company_id set default current_setting('app.company', true);
      create policy company on projects using (company_id = current_setting('app.company', true));
      create policy bypass on projects using (current_setting('app.bypass', true) = 'on');`,
    enter: `select set_config('app.company', 'a', true)`,
    tenant: { column: 'company_id', type: 'text', setting: 'app.company' },
    app: 'old',
  },
  Supabase: {
    sql: `${TABLE('tenant_id')}
      create policy members on projects to old using (tenant_id = ${CLAIM}) with check (tenant_id = ${CLAIM});`,
    enter: `select set_config('request.jwt.claims', '{"tenant_id":"a"}', true)`,
    tenant: { column: 'tenant_id', type: 'text' },
    app: 'app',
  },
  'A role for each tenant, as sqlalchemy-tenants': {
    sql: `${TABLE('tenant_id')}
      create role old_tenant_a; grant old_tenant_a to old; grant select, insert on projects to old_tenant_a;
      create policy by_role on projects using ('old_tenant_' || tenant_id = current_user);`,
    enter: 'set local role old_tenant_a',
    tenant: { column: 'tenant_id', type: 'text' },
    app: 'app',
  },
}

describe('docs/migrating.md', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase()
  })
  afterEach(() => database.drop())

  const named = (text: string) =>
    text.replaceAll(/\b(old|app)(?=_tenant_|\b(?![.']))/g, (role) => roleName(database.url, role))
  const asOwner = (text: string) => withClient(database.url, (client) => client.query(named(text)))

  /** The titles that the old application reads, after it has written one. */
  async function oldApplication({ enter, tenant }: Start): Promise<string[]> {
    return withClient(loginUrl(database.url, roleName(database.url, 'old')), async (client) => {
      await client.query(`begin; ${named(enter)}`)
      // With the same setting the default of the column fills in the tenant, as before.
      const insert = tenant.setting
        ? `insert into projects (title) values ('new')`
        : `insert into projects (${tenant.column}, title) values ('a', 'new')`
      await client.query(insert)
      const { rows } = await client.query('select title from projects order by title desc')
      await client.query('rollback')
      return rows.map(({ title }) => title)
    })
  }

  it('has a section for each start', () => {
    expect([...sectionsOf(readPage('docs/migrating.md')).keys()].slice(1)).to.deep.equal(
      Object.keys(STARTS),
    )
  })

  for (const [heading, start] of Object.entries(STARTS)) {
    it(`${heading}: the old application works between the steps, and the new one is isolated`, async () => {
      await asOwner(`revoke create on schema public from public;
        create role old login password 'secret'; create role app login password 'secret';
        ${start.sql}; grant select, insert on projects to old, app`)
      const login = roleName(database.url, start.app)
      const config = {
        connection: database.url,
        tenant: start.tenant,
        roles: { app: login },
        tables: ['projects'],
        migrations: { format: 'js' as const },
        audit: { levels: { 'server-rls-cve': 'off' as const } },
      }
      expect(await oldApplication(start)).to.deep.equal(['of a', 'new'])
      await withMigrations(config, async ({ run, files }) => {
        expect((await run('migrate:rls')).code).to.equal(0)
        for (const file of files()) {
          const { code, out } = await run('migrate:latest', '--to', file.replace('.js', ''))
          expect(code, out).to.equal(0)
          expect(await oldApplication(start), file).to.deep.equal(['of a', 'new'])
        }
        expect(await newApplication(login, start)).to.deep.equal({ a: ['of a'], b: ['of b'] })
        const policies = [...start.sql.matchAll(/create policy (\w+)/g)].map(([, name]) => name)
        for (const name of policies) await asOwner(`drop policy ${name} on projects`)
        expect(await newApplication(login, start)).to.deep.equal({ a: ['of a'], b: ['of b'] })
        expect(await run('migrate:rls', '--check')).to.include({ code: 0 })
        const { code, out } = await run('audit')
        expect(code, out).to.equal(0)
      })
    })
  }

  it('shows that the floor closes a bypass by a setting', async () => {
    const start = STARTS['Policies by hand, Drizzle, Prisma, better-tenant, tenant-kit'] as Start
    await asOwner(
      `create role old login password 'secret'; ${start.sql}; grant select on projects to old`,
    )
    const login = roleName(database.url, 'old')
    const bypassing = () =>
      withClient(loginUrl(database.url, login), async (client) => {
        await client.query(`set app.bypass = 'on'`)
        return (await client.query('select title from projects')).rowCount
      })
    const config = {
      connection: database.url,
      tenant: start.tenant,
      roles: { app: login },
      tables: ['projects'],
    }
    const before = await bypassing()
    await withMigrations({ ...config, migrations: { format: 'js' } }, async ({ run }) => {
      await run('migrate:rls')
      await run('migrate:latest')
    })
    expect([before, await bypassing()]).to.deep.equal([2, 0])
  })

  async function newApplication(login: string, { tenant }: Start): Promise<object> {
    const pool = new pg.Pool({ connectionString: loginUrl(database.url, login), max: 1 })
    const tenancy = createTenancy({ tenant, tables: ['projects'] })
    const db = new Kysely<{ projects: { title: Generated<string> } }>({
      dialect: new TenantDialect({ tenancy, pool }),
    })
    const titles = (name: string) =>
      tenancy.run(name, async () => {
        const { rows } = await sql<{ title: string }>`select title from projects`.execute(db)
        return rows.map(({ title }) => title)
      })
    const seen = { a: await titles('a'), b: await titles('b') }
    await pool.end()
    return seen
  }
})
