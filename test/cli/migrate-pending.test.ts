import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useProjectsDatabase } from '../support/projects-database.ts'

const PENDING = (files: readonly string[]) =>
  [
    `${files.length} file${files.length === 1 ? '' : 's'} written before, and not yet run:`,
    ...files.map((file) => `  migrations/${file}`),
    '',
  ].join('\n')

describe('files of migrate:rls that have not been run', () => {
  const { query, inProject } = useProjectsDatabase()

  it('are named, and not repeated by new ones', () =>
    inProject(async ({ run, files }) => {
      expect((await run('migrate:rls')).code).to.equal(0)
      const before = files()
      expect(before).to.have.length(2)
      expect(await run('migrate:rls')).to.deep.equal({
        code: 1,
        out: '',
        err: `${PENDING(before)}Nothing was written: new files would repeat their steps.
Run them first, or write them anew with \`--replace-pending\`.
`,
      })
      expect(files()).to.deep.equal(before)
      const json = JSON.parse((await run('migrate:rls', '--json')).out)
      expect(json.pending).to.deep.equal(before.map((file) => `migrations/${file}`))
      for (const flag of ['--check', '--dry-run']) {
        const { code, err } = await run('migrate:rls', flag)
        expect({ flag, code }).to.deep.equal({ flag, code: flag === '--check' ? 1 : 0 })
        expect(err).to.include(PENDING(before))
      }
      expect((await run('migrate:latest')).code).to.equal(0)
      expect((await run('migrate:rls')).err).to.match(/^Nothing to do/)
    }))

  it('are counted one by one: those that ran are not among them', () =>
    inProject(async ({ run, files }) => {
      await run('migrate:rls')
      const [first = '', ...left] = files()
      expect((await run('migrate:latest', '--to', first.replace('.ts', ''))).code).to.equal(0)
      const { code, err } = await run('migrate:rls')
      expect(code).to.equal(1)
      expect(err.startsWith(PENDING(left))).to.equal(true)
    }))

  it('are written anew by --replace-pending, for what the config says now', () =>
    inProject(async ({ folder, run, files, text }) => {
      await run('migrate:rls')
      const before = files()
      await query('create table notes (id int, tenant_id uuid, primary key (tenant_id, id))')
      const config = readFileSync(join(folder, 'kysely-tenants.config.json'), 'utf8')
      const more = config.replace('"projects"', '"projects","notes"')
      // Taken before the JSON, which a process reads once.
      writeFileSync(join(folder, 'kysely-tenants.config.ts'), `export default ${more}`)
      const mine = join(folder, 'migrations/0_mine.ts')
      writeFileSync(mine, 'export async function up() {}')

      const { code, out } = await run('migrate:rls', '--replace-pending')
      expect(code).to.equal(0)
      const now = files()
      expect(now.filter((file) => before.includes(file) || file.includes('.tmp'))).to.deep.equal([])
      expect(now).to.deep.equal([
        '0_mine.ts',
        ...out
          .trim()
          .split('\n')
          .map((path) => path.replace('migrations/', '')),
      ])
      expect(now.map(text).join('\n')).to.include('on public.notes')
      expect((await run('migrate:latest')).code).to.equal(0)
      expect((await run('migrate:rls', '--check')).code).to.equal(0)
    }))

  it('are those of Knex too, by its own record', () =>
    inProject(async ({ run, files }) => {
      await run('migrate:rls', '--format', 'knex')
      const [first = '', ...left] = files()
      await query(
        `create table knex_migrations (id int, name text); insert into knex_migrations values (1, '${first}')`,
      )
      expect((await run('migrate:rls', '--format', 'knex')).err).to.include(PENDING(left))
    }))

  it('are none when somebody else ran them, whose record is not known', () =>
    inProject(async ({ run, files, call }) => {
      await run('migrate:rls')
      await call(files()[0] ?? '', 'up')
      expect((await run('migrate:rls')).code).to.equal(0)
    }))
})

describe('migrate:down', () => {
  const { inProject } = useProjectsDatabase()

  it('undoes nothing when files of the record are missing, be it all of them', () =>
    inProject(async ({ folder, run, files }) => {
      await run('migrate:rls')
      await run('migrate:latest')
      const all = files()
      const [first = '', ...others] = all
      renameSync(join(folder, 'migrations', first), join(folder, first))
      const missing = (names: readonly string[]) =>
        `corrupted migrations: the folder has no file of ${names
          .map((name) => name.replace('.ts', ''))
          .join(', ')}, which the database has on record as executed; no migration was run.`
      expect((await run('migrate:down')).err).to.include(missing([first]))
      for (const file of others) rmSync(join(folder, 'migrations', file))
      const { code, err } = await run('migrate:down', '--all')
      expect(code).to.equal(2)
      expect(err).to.include(missing(all))
    }))
})
