import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadedVersion } from '../../support/loaded-version.ts'
import {
  type MigrationProject,
  readRelations,
  withKysely,
  withMigrations,
} from '../../support/migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from '../../support/postgres.ts'
import { SHAPES_ADVICE, withShapes } from '../../support/tenant-shapes.ts'

const NOTHING_TO_DO = {
  code: 0,
  out: '',
  err: 'Nothing to do: the database is as the config wants it.\n',
}

// Where the Migrator of each Kysely is; the second is the one that the test runs with.
const MIGRATORS = [
  'kysely-0.28',
  loadedVersion('kysely').startsWith('0.28.') ? 'kysely' : 'kysely/migration',
]

describe('P11 generated, executed, gone', () => {
  it('writes policies for everybody, with another setting, when the config names no roles', () =>
    withShapes(async (project, url) => {
      const before = await readRelations(url)
      await project.run('migrate:rls', '-c', 'public.config.json')
      const files = project.files()
      const policies = files.find((file) => file.includes('policies')) ?? ''
      expect(project.text(policies)).to.match(/for all to public\n.*'custom\.tenant'/)
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await project.run('migrate:rls', '-c', 'public.config.json')).to.deep.equal({
        ...NOTHING_TO_DO,
        err: NOTHING_TO_DO.err + SHAPES_ADVICE,
      })
      for (const file of files.toReversed()) await project.call(file, 'down')
      expect(await readRelations(url)).to.deep.equal(before)
    }))

  it('runs under the Migrator of Kysely 0.28 and 0.29 without its transaction', () =>
    withShapes(async (project, url) => {
      await project.run('migrate:rls')
      const before = await readRelations(url)
      for (const module of MIGRATORS) {
        await migrateUpAndDown(url, project, { module, disableTransactions: true })
        expect(await readRelations(url)).to.deep.equal(before)
      }
    }))

  it('runs inside their transaction where it builds no index', () =>
    withShapes(async (project, url) => {
      await project.run('migrate:rls')
      for (const file of project.files()) {
        if (file.includes('indexes')) await project.call(file, 'up')
      }
      rmSync(join(project.folder, 'migrations'), { recursive: true })
      await project.run('migrate:rls')
      const before = await readRelations(url)
      for (const module of MIGRATORS) {
        await migrateUpAndDown(url, project, { module, disableTransactions: false })
        expect(await readRelations(url)).to.deep.equal(before)
      }
    }))

  it('builds no index in a transaction, and says so before it has done anything', () =>
    withShapes(async (project, url) => {
      await project.run('migrate:rls')
      const file = project.files().find((name) => name.includes('indexes')) ?? ''
      const { up } = await import(join(project.folder, 'migrations', file))
      const refused = await withKysely(url, (db) => db.transaction().execute(up)).catch(String)
      expect(refused).to.equal('Error: This migration cannot run inside a transaction.')
    }))

  it('leaves a partition alone that is a foreign table: the policies of the parent hold for it', () =>
    withDatabase(async (url) => {
      const app = roleName(url, 'app')
      const row = (id: number, tenant: 'a' | 'b') =>
        `00000000-0000-4000-8000-00000000000${tenant},${id}`
      await withClient(url, (client) =>
        client.query(`
          create role ${app} login password 'secret';
          create extension file_fdw;
          create server files foreign data wrapper file_fdw;
          create table events (tenant_id uuid, id int) partition by range (id);
          create table events_1 partition of events for values from (0) to (9);
          create foreign table events_old partition of events for values from (9) to (99)
            server files options (program 'echo ${row(10, 'a')}; echo ${row(11, 'b')}', format 'csv');
          grant select on events to ${app}`),
      )
      const config = { connection: url, roles: { app }, tables: { events: {} } }
      await withMigrations(config, async (project) => {
        const before = await readRelations(url)
        await project.run('migrate:rls')
        const latest = await project.run('migrate:latest')
        expect(latest.code, latest.err).to.equal(0)
        expect(await project.run('migrate:rls', '--check')).to.deep.equal(NOTHING_TO_DO)
        const seen = await withClient(loginUrl(url, app), async (client) => {
          await client.query(`set app.tenant_id = '00000000-0000-4000-8000-00000000000a'`)
          return (await client.query('select id from events')).rows
        })
        expect(seen).to.deep.equal([{ id: 10 }])
        const { out } = await project.run('audit', '--json')
        const checks = JSON.parse(out).findings.map(({ check }: { check: string }) => check)
        expect(checks).to.not.include.members(['partition-without-rls'])
        expect(checks).to.not.include.members(['foreign-table-with-tenant-data'])
        expect(await project.run('migrate:down', '--all')).to.have.property('code', 0)
        expect(await readRelations(url)).to.deep.equal(before)
      })
    }))
})

async function migrateUpAndDown(
  url: string,
  project: MigrationProject,
  { module, disableTransactions }: { module: string; disableTransactions: boolean },
): Promise<void> {
  const { Kysely, PostgresDialect } = await import(module.replace('/migration', ''))
  const { Migrator, NO_MIGRATIONS } = await import(module)
  const { default: pg } = await import('pg')
  const files = project.files()
  const modules = await Promise.all(
    files.map(async (file) => [file, await import(join(project.folder, 'migrations', file))]),
  )
  const provider = { getMigrations: async () => Object.fromEntries(modules) }
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
    const migrator = new Migrator({ db, provider, disableTransactions })
    const up = await migrator.migrateToLatest()
    expect(up.error).to.equal(undefined)
    expect(up.results).to.have.length(files.length)
    expect((await migrator.migrateTo(NO_MIGRATIONS)).error).to.equal(undefined)
  } finally {
    await pool.end()
  }
}
