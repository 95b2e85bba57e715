import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { applyPlan } from '../../support/apply-plan.ts'
import { biomeSays, typeCheck } from '../../support/check-files.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import {
  type MigrationProject,
  readRelations,
  withKysely,
  withMigrations,
} from '../../support/migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from '../../support/postgres.ts'
import { createShapes, SHAPES_ADVICE, shapesConfig } from '../../support/tenant-shapes.ts'

const NOTHING_TO_DO = {
  code: 0,
  out: '',
  err: 'Nothing to do: the database is as the config wants it.\n',
}

const DRIFT = `
  alter policy tenant_access on projects to public using (title = 'a' or true);
  drop policy tenant_isolation on labels;
  create policy tenant_isolation on labels using (true);
  comment on policy tenant_isolation on labels is 'Written by kysely-tenants.';
  comment on policy tenant_access on notes is null;
  create policy surplus on notes as restrictive for insert with check (true);
  comment on policy surplus on notes is 'Written by kysely-tenants.';
  alter table counters alter tenant_id set default 7, disable row level security;
  alter table counters no force row level security`

// Where the Migrator of each Kysely is; the second is the one that the test runs with.
const MIGRATORS = [
  'kysely-0.28',
  loadedVersion('kysely').startsWith('0.28.') ? 'kysely' : 'kysely/migration',
]

const GOLDEN = fileURLToPath(new URL('./golden', import.meta.url))

const MISSING = `
  create table projects (id int primary key, tenant_id varchar(20) not null);
  create table tasks (id int primary key, project_id int not null references projects);
  create table settings (id int primary key)`

const KEYS = `
  create table projects (id int primary key, tenant_id uuid not null);
  create table tasks (
    id int primary key, tenant_id uuid not null, slug text,
    project_id int references projects on delete cascade on update cascade
  );
  create unique index tasks_by_slug on tasks (lower(slug)) where slug <> '';
  grant select on projects to public`

// The golden files are compiled, linted and run like any other: generated code is code.
describe('P11 generated, executed, gone', () => {
  it('writes the expected files, leaves nothing to plan, and undoes itself', () =>
    withShapes(async (project, url) => {
      const before = await readRelations(url)
      const { code, out } = await project.run('migrate:rls')
      const files = project.files()
      expect({ code, out }).to.deep.equal({
        code: 0,
        out: files.map((file) => `migrations/${file}\n`).join(''),
      })
      for (const file of files) expectGolden(withoutPrefixes(file), project.text(file), url)

      const latest = await project.run('migrate:latest')
      expect(latest).to.deep.equal({
        code: 0,
        out: files.map((file) => `✔ ${file.replace('.ts', '')}  executed\n`).join(''),
        err: '',
      })
      expect(await project.run('migrate:rls')).to.deep.equal({
        ...NOTHING_TO_DO,
        err: NOTHING_TO_DO.err + SHAPES_ADVICE,
      })
      expect(await readRelations(url)).to.not.deep.equal(before)

      for (const file of files.toReversed()) await project.call(file, 'down')
      expect(await readRelations(url)).to.deep.equal(before)
    }))

  it('writes policies for everybody, with another setting, when the config names no roles', () =>
    withShapes(async (project, url) => {
      const before = await readRelations(url)
      await project.run('migrate:rls', '-c', 'public.config.json')
      const files = project.files()
      const policies = files.find((file) => file.includes('policies')) ?? ''
      expect(project.text(policies)).to.match(/for all\n *to public\n.*'custom\.tenant'/)
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await project.run('migrate:rls', '-c', 'public.config.json')).to.deep.equal({
        ...NOTHING_TO_DO,
        err: NOTHING_TO_DO.err + SHAPES_ADVICE,
      })
      for (const file of files.toReversed()) await project.call(file, 'down')
      expect(await readRelations(url)).to.deep.equal(before)
    }))

  it('writes a repair that names its hazards', () =>
    withShapes(async (project, url) => {
      await applyPlan(url, shapesConfig(url))
      await withClient(url, (client) => client.query(DRIFT))
      await project.run('migrate:rls', '--name', 'repair')
      const files = project.files()
      expect(files.map(withoutPrefixes)).to.deep.equal([
        'repair_1_policies.ts',
        'repair_2_force.ts',
      ])
      for (const file of files) expectGolden(withoutPrefixes(file), project.text(file), url)
    }))

  it('writes a column that is missing, and what fills it', () =>
    withDatabase(async (url) => {
      await withClient(url, (client) => client.query(MISSING))
      const tenant = "o'clock"
      const tables = { projects: {}, tasks: {}, settings: { backfill: { tenant } } }
      await withMigrations({ connection: url, tables }, async (project) => {
        await project.run('migrate:rls', '--name', 'adopted')
        const files = project.files()
        for (const file of files.slice(0, 2)) {
          expectGolden(withoutPrefixes(file), project.text(file), url)
        }
        expect(files).to.have.length(7)
        expect(biomeSays(project)).to.deep.equal({
          status: 0,
          said: 'Checked 7 files. No fixes applied.\n',
        })
      })
    }))

  it('writes keys that hold the tenant, and what takes their place when undone', () =>
    withDatabase(async (url) => {
      await withClient(url, (client) => client.query(KEYS))
      const tables = { projects: {}, tasks: {} }
      const parts = ['foreign-keys', 'unique-keys', 'grants'] as const
      const config = { connection: url, tables, migrations: { with: parts } }
      await withMigrations(config, async (project) => {
        await project.run('migrate:rls', '--name', 'keys')
        const files = project.files()
        expect(files.map(withoutPrefixes)).to.deep.equal([
          ...['keys_1_indexes.ts', 'keys_2_constraints.ts', 'keys_3_validation.ts'],
          ...['keys_4_keys.ts', 'keys_5_privileges.ts', 'keys_6_policies.ts', 'keys_7_force.ts'],
        ])
        for (const file of files.slice(0, 5)) {
          expectGolden(withoutPrefixes(file), project.text(file), url)
        }
        expect(biomeSays(project)).to.deep.equal({
          status: 0,
          said: 'Checked 7 files. No fixes applied.\n',
        })
      })
    }))

  it('writes what Biome leaves alone', () =>
    withShapes(async (project) => {
      await project.run('migrate:rls')
      expect(biomeSays(project)).to.deep.equal({
        status: 0,
        said: 'Checked 6 files. No fixes applied.\n',
      })
    }))

  for (const version of ['kysely', 'kysely-0.28']) {
    it(`writes what compiles with ${version}`, () =>
      withMigrations({ connection: '', tables: ['projects'] }, async ({ folder, files }) => {
        cpSync(GOLDEN, join(folder, 'migrations'), { recursive: true })
        expect(files()).to.include.members(['adopted_2_backfill.ts', 'js', 'repair_1_policies.ts'])
        expect(typeCheck(folder, version)).to.equal('')
      })).timeout(60_000)
  }

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

function withShapes(
  body: (project: MigrationProject, url: string) => Promise<void>,
): Promise<void> {
  return withDatabase(async (url) => {
    await withClient(url, (client) => client.query(createShapes(url)))
    const config = shapesConfig(url)
    await withMigrations({ ...config, connection: url }, async (project) => {
      const open = { ...config, roles: {}, tenant: { setting: 'custom.tenant' } }
      writeFileSync(join(project.folder, 'public.config.json'), JSON.stringify(open))
      await body(project, url)
    })
  })
}

function expectGolden(name: string, text: string, url: string): void {
  const golden = new URL(`./golden/${name}`, import.meta.url)
  const written = text.replaceAll(`${new URL(url).pathname.slice(1)}_`, '')
  if (process.env.UPDATE_GOLDEN) writeFileSync(golden, written)
  expect(written).to.equal(readFileSync(golden, 'utf8'))
}

function withoutPrefixes(file: string): string {
  return file.replace(/^\d+_/, '')
}

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
