import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Generated, Kysely } from 'kysely'
import pg from 'pg'
import { createTenancy, TenantDialect, TenantPlugin } from '../../src/index.ts'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { readPage, sectionsOf } from '../support/page-blocks.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'

const SECTIONS = sectionsOf(readPage('docs/operations.md'))
const FIRST = `export const up = (db) => db.schema.createTable('projects')
  .addColumn('tenant_id', 'text').addColumn('title', 'text').execute()
export const down = (db) => db.schema.dropTable('projects').execute()`

interface Tables {
  projects: { tenant_id: Generated<string>; title: string }
}

describe('docs/operations.md', () => {
  let database: TestDatabase
  let pool: pg.Pool
  const asOwner = (sql: string) => withClient(database.url, (client) => client.query(sql))
  const role = (name: string) => roleName(database.url, name)
  const config = (tables: readonly string[]) => ({
    connection: database.url,
    tenant: { type: 'text' as const },
    roles: { app: role('user'), admin: role('admin') },
    tables,
    migrations: { with: ['grants' as const], format: 'js' as const },
    audit: { levels: { 'server-rls-cve': 'off' as const } },
  })
  before(async () => {
    database = await createDatabase()
    await asOwner(`create role ${role('user')} login password 'secret'; create role ${role('admin')};
      revoke create on schema public from public`)
    pool = new pg.Pool({ connectionString: loginUrl(database.url, role('user')), max: 1 })
  })
  after(async () => {
    await pool.end()
    await database.drop()
  })

  /** The titles that a query without a filter gives the tenant "a". */
  async function seen(options: { readonly predicate?: true } = {}): Promise<string[]> {
    const tenancy = createTenancy(config(['projects']))
    const db = new Kysely<Tables>({
      dialect: new TenantDialect({ tenancy, pool, guard: 'off' }),
      plugins: [new TenantPlugin({ tenancy, ...options })],
    })
    const rows = await tenancy.run('a', () => db.selectFrom('projects').select('title').execute())
    return rows.map(({ title }) => title)
  }

  const sqlOf = (heading: string) =>
    [...(SECTIONS.get(heading) ?? '').matchAll(/^ *```sql\n(.*?)^ *```/gms)].map(([, sql = '']) =>
      sql
        .replaceAll(/\b(?:app_)?(user|reports|backup)\b/g, (_, name) => role(name))
        .replaceAll("'…'", "'secret'"),
    )
  const commandsOf = (heading: string) =>
    [...(SECTIONS.get(heading) ?? '').matchAll(/^ *npx kysely-tenants (.+)$/gm)].map(
      ([, text = '']) => text.replace('<migration before them>', '0_first'),
    )
  /** Of each command: 0, or what it says. */
  async function exitsOf(
    { run }: MigrationProject,
    commands: readonly string[],
  ): Promise<unknown[]> {
    const exits: unknown[] = []
    for (const command of commands) {
      const { code, out, err } = await run(...command.split(' '))
      exits.push(code === 0 ? 0 : out + err)
    }
    return exits
  }

  it('leads step by step out of row security, and back', () =>
    withMigrations(config(['projects']), async (project) => {
      const report = async () => [
        (await project.run('status')).code,
        (await project.run('audit')).code,
      ]
      mkdirSync(join(project.folder, 'migrations'))
      writeFileSync(join(project.folder, 'migrations', '0_first.js'), FIRST)
      expect((await project.run('migrate:latest')).code).to.equal(0)
      await asOwner(`grant select, insert on projects to ${role('user')}`)
      expect((await project.run('migrate:rls')).code).to.equal(0)
      expect((await project.run('migrate:latest')).code).to.equal(0)
      await asOwner(`insert into projects values ('a', 'one of a'), ('b', 'one of b')`)
      const [noForce = '', disable = ''] = sqlOf('Switching it off in an emergency')
      const state = async () => [await report(), await seen(), await seen({ predicate: true })]
      const own = ['one of a']
      expect(await state()).to.deep.equal([[0, 0], own, own])
      await asOwner(noForce)
      expect(await state()).to.deep.equal([[1, 1], own, own])
      await asOwner(disable)
      expect(await state()).to.deep.equal([[1, 1], ['one of a', 'one of b'], own])
      const [undo, ...on] = commandsOf('Switching it off in an emergency')
      expect(await exitsOf(project, on)).to.deep.equal([0, 0, 0])
      expect(await state()).to.deep.equal([[0, 0], own, own])
      expect(await exitsOf(project, [undo ?? ''])).to.deep.equal([0])
      expect(await seen()).to.deep.equal(['one of a', 'one of b'])
      expect(await exitsOf(project, ['migrate:latest'])).to.deep.equal([0])
      expect(await state()).to.deep.equal([[0, 0], own, own])
      await leadsToTables(project)
    }))

  /** The sections about a table and a login that come later, and about backups, in the same project. */
  async function leadsToTables(project: MigrationProject): Promise<void> {
    await asOwner('create table invoices (tenant_id text, title text)')
    const wanted = {
      ...config(['projects', 'invoices']),
      roles: { app: [role('user'), role('reports')], admin: role('admin') },
    }
    for (const sql of sqlOf('A second login of the application')) await asOwner(sql)
    writeFileSync(join(project.folder, 'later.json'), JSON.stringify(wanted))
    // A process reads a config once: another file is another config.
    const later = commandsOf('A table that comes later').map(
      (text) => `${text} --config later.json`,
    )
    expect(await exitsOf(project, later)).to.deep.equal([0, 0, 0])
    for (const sql of sqlOf('Backup and restore')) await asOwner(sql)
    const rowsOf = (login: string, sql: string) =>
      withClient(loginUrl(database.url, role(login)), (client) =>
        client.query(sql).then(
          ({ rowCount }) => rowCount,
          ({ code }) => code,
        ),
      )
    const named = `set app.tenant_id = 'a'`
    const reports = loginUrl(database.url, role('reports'))
    const titles = await withClient(reports, async (client) => {
      await client.query(named)
      return (await client.query('select title from projects')).rows
    })
    const dump = `copy projects to stdout`
    expect({
      titles,
      written: await rowsOf('reports', `insert into projects values ('a', 'x')`),
      invoice: await rowsOf('user', `insert into invoices (tenant_id) values ('b')`),
      backup: await rowsOf('backup', dump),
      copiedIn: await rowsOf('user', 'copy projects from stdin'),
    }).to.deep.equal({
      titles: [{ title: 'one of a' }],
      written: '42501',
      invoice: '42501',
      backup: 2,
      copiedIn: '0A000',
    })
  }
})
