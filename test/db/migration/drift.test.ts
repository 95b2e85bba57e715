import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  type MigrationProject,
  readRelations,
  withMigrations,
} from '../../support/migration-project.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../../support/postgres.ts'
import { createShapes, SHAPES_ADVICE, shapesConfig } from '../../support/tenant-shapes.ts'

const MARK = `is 'Written by kysely-tenants.'`

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

// Everything a template literal and an indented block must not change.
const AWKWARD = `E'a \\\\ \`$' || '{b}\n  c' = title or exists (select from counters where id = 1)`

const DRIFTS: Readonly<Record<string, string>> = {
  'a missing floor': 'drop policy tenant_isolation on projects',
  'a missing policy of a partition': 'drop policy tenant_access on events_2024',
  'a floor for everybody': 'alter policy tenant_isolation on projects to public',
  'an expression that is always true': 'alter policy tenant_access on projects using (true)',
  'an expression that is hard to quote': `alter policy tenant_access on projects using (${AWKWARD})`,
  'an expression without nullif': `alter policy tenant_access on labels
    using (tenant_id = (select current_setting('app.tenant_id', true)))`,
  'another command': `drop policy tenant_isolation on projects;
    create policy tenant_isolation on projects as restrictive for select using (${OWN});
    comment on policy tenant_isolation on projects ${MARK}`,
  'a floor that is permissive': `drop policy tenant_isolation on projects;
    create policy tenant_isolation on projects using (${OWN}) with check (${OWN});
    comment on policy tenant_isolation on projects ${MARK}`,
  'a clause that is missing, and a temporary name that is taken': `
    drop policy tenant_access on projects;
    create policy tenant_access on projects using (${OWN});
    comment on policy tenant_access on projects ${MARK};
    create policy tenant_access_new on projects for delete using (false)`,
  'a lost marker': 'comment on policy tenant_access on projects is null',
  'a marker that was overwritten': `comment on policy tenant_access on projects is 'o''clock'`,
  'surplus policies of the tool': `
    create policy tenant_more on projects as restrictive for insert with check (true);
    comment on policy tenant_more on projects ${MARK};
    create policy tenant_less on projects for update to public using (false) with check (${OWN});
    comment on policy tenant_less on projects ${MARK}`,
  'a default that is gone': 'alter table projects alter tenant_id drop default',
  'a constant default': `alter table labels alter tenant_id set default 'hou''se'`,
  'a default of a partition': 'alter table only events alter tenant_id drop default',
  'row security that is off': 'alter table projects disable row level security',
  'row security that is not forced': 'alter table billing.invoices no force row level security',
}

describe('P11 drift is repaired, and the repair undone', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) => client.query(createShapes(database.url)))
  })
  after(() => database.drop())

  // The drift is left behind repaired, so that each case starts from what the config wants.
  for (const [drift, sql] of Object.entries(DRIFTS)) {
    it(drift, () =>
      withMigrations(
        { ...shapesConfig(database.url), connection: database.url },
        async (project) => {
          await inPlace(project)
          await withClient(database.url, (client) => client.query(sql))
          await repairAndUndo(project, database.url)
        },
      ),
    )
  }

  const { tables } = shapesConfig('postgres://localhost/x')
  const CHANGES: Readonly<Record<string, object>> = {
    'shared rows are given up': { tables: { ...tables, templates: {} } },
    'rows become shared': { tables: { ...tables, projects: { shared: true } } },
    'the user takes over what opens': { tables: { ...tables, projects: { access: 'boundary' } } },
    'the tool takes over what opens': { tables: { ...tables, comments: {} } },
    'the setting has another name': { tenant: { setting: 'app.mandant_ü' } },
    'no role is named': { roles: {} },
  }
  for (const [change, difference] of Object.entries(CHANGES)) {
    it(change, () => {
      const config = { ...shapesConfig(database.url), connection: database.url }
      return withMigrations(config, async (project) => {
        await inPlace(project)
        writeFileSync(
          join(project.folder, 'changed.config.json'),
          JSON.stringify({ ...config, ...difference }),
        )
        await repairAndUndo(project, database.url, '-c', 'changed.config.json')
      })
    })
  }

  it('changes and drops the policies of others that it is told to, and gives them back', () => {
    const config = { ...shapesConfig(database.url), connection: database.url }
    return withMigrations(config, async (project) => {
      await inPlace(project)
      await withClient(database.url, (client) =>
        client.query(`
          alter policy tenant_access on projects using (true);
          comment on policy tenant_access on projects is 'for the report';
          drop policy tenant_isolation on projects;
          create policy tenant_isolation on projects for select using (true);
          create policy everything on projects using (true);
          comment on policy everything on projects is 'by hand';`),
      )
      const before = await readRelations(database.url)
      const named = ['tenant_access', 'tenant_isolation', 'everything']
      const flags = named.flatMap((policy) => ['--take-over', `${policy} on public.projects`])
      await project.run('migrate:rls', ...flags)
      const files = project.files()
      for (const file of files) await project.call(file, 'up')
      expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
      const policies = async () =>
        (await readRelations(database.url)).find(({ name }) => name === 'projects')?.policies
      expect((await policies())?.map(({ name }) => name)).not.to.include('everything')

      for (const file of files.toReversed()) await project.call(file, 'down')
      expect(await readRelations(database.url)).to.deep.equal(before)
      for (const file of files) await project.call(file, 'up')
    })
  })

  it('leaves policies alone that it did not make, and names them all', () => {
    const config = { ...shapesConfig(database.url), connection: database.url }
    return withMigrations(config, async (project) => {
      await inPlace(project)
      await withClient(database.url, (client) =>
        client.query(`
          drop policy tenant_access on projects;
          create policy tenant_access on projects using (true);
          comment on policy tenant_isolation on notes is null;
          alter policy tenant_isolation on notes to ${roleName(database.url, 'app_admin')}`),
      )
      expect(await project.run('migrate:rls')).to.deep.equal({
        code: 2,
        out: '',
        err: [
          '✖ These policies have names that this tool uses, and something else created them; nothing was written.  MIGRATION.POLICY_NOT_OURS',
          '  tenant_access on public.projects',
          '  tenant_isolation on public.notes',
          '  next Rename or drop them yourself, or name each with `migrate:rls --take-over`.',
          '',
        ].join('\n'),
      })
      expect(() => project.files()).to.throw('ENOENT')
    })
  })

  it('does not take a policy over that is not there', () => {
    const config = { ...shapesConfig(database.url), connection: database.url }
    return withMigrations(config, async (project) => {
      const name = 'tenant_acess on public.projects'
      const { code, err } = await project.run('migrate:rls', '--take-over', name)
      expect(code).to.equal(2)
      expect(err).to.include(`There is no policy ${name}.`).and.include('CATALOG.MISMATCH')
    })
  })
})

/** Ends whatever the case before left behind, and leaves no migration in the folder. */
async function inPlace(project: MigrationProject): Promise<void> {
  await project.run('migrate:rls')
  const folder = join(project.folder, 'migrations')
  if (!existsSync(folder)) return
  for (const file of project.files()) await project.call(file, 'up')
  rmSync(folder, { recursive: true })
}

async function repairAndUndo(
  project: MigrationProject,
  url: string,
  ...argv: string[]
): Promise<void> {
  const before = await readRelations(url)
  await project.run('migrate:rls', ...argv)
  const files = project.files()
  for (const file of files) await project.call(file, 'up')
  expect(await project.run('migrate:rls', ...argv)).to.deep.equal({
    code: 0,
    out: '',
    err: `Nothing to do: the database is as the config wants it.\n${SHAPES_ADVICE}`,
  })
  for (const file of files.toReversed()) await project.call(file, 'down')
  expect(await readRelations(url)).to.deep.equal(before)
  for (const file of files) await project.call(file, 'up')
}
