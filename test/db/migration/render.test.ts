import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { applyPlan } from '../../support/apply-plan.ts'
import { biomeSays, typeCheck } from '../../support/check-files.ts'
import { readRelations, withMigrations } from '../../support/migration-project.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'
import { SHAPES_ADVICE, shapesConfig, withShapes } from '../../support/tenant-shapes.ts'

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
describe('P11 the generated files', () => {
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
          'keys_1_indexes.ts',
          'keys_2_constraints.ts',
          'keys_3_validation.ts',
          'keys_4_keys.ts',
          'keys_5_privileges.ts',
          'keys_6_policies.ts',
          'keys_7_force.ts',
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
})

function expectGolden(name: string, text: string, url: string): void {
  const golden = new URL(`./golden/${name}`, import.meta.url)
  const written = text.replaceAll(`${new URL(url).pathname.slice(1)}_`, '')
  if (process.env.UPDATE_GOLDEN) writeFileSync(golden, written)
  expect(written).to.equal(readFileSync(golden, 'utf8'))
}

function withoutPrefixes(file: string): string {
  return file.replace(/^\d+_/, '')
}
