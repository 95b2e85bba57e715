import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useProjectsDatabase } from '../support/projects-database.ts'
import { trouble, withProject } from '../support/run-cli.ts'

const NOTHING_TO_DO = {
  code: 0,
  out: '',
  err: 'Nothing to do: the database is as the config wants it.\n',
}

describe('migrate:rls', () => {
  const { query, config, inProject } = useProjectsDatabase()

  it('lists what it wrote, says what comes next, and has nothing to do afterwards', () =>
    inProject(async ({ run, files }) => {
      const written = await run('migrate:rls')
      const [policies, force] = files()
      expect([policies, force].map((file) => file?.replace(/^\d{13}/, '*'))).to.deep.equal([
        '*_tenants_1_policies.ts',
        '*_tenants_2_force.ts',
      ])
      expect(files()).to.have.length(2)
      expect(written).to.deep.equal({
        code: 0,
        out: `migrations/${policies}\nmigrations/${force}\n`,
        err: 'Review them, then run `kysely-tenants migrate:latest`.\n',
      })
      expect(await run('migrate:latest')).to.have.property('code', 0)
      expect(await run('migrate:rls')).to.deep.equal(NOTHING_TO_DO)
      expect(await run('migrate:rls', '--dry-run')).to.deep.equal(NOTHING_TO_DO)
      expect(await run('migrate:rls', '--json')).to.deep.equal({
        ...NOTHING_TO_DO,
        out: '{\n  "version": 1,\n  "phases": [],\n  "advice": []\n}\n',
      })
      expect(files()).to.have.length(2)
    }))

  it('prints the files and writes nothing with --dry-run', () =>
    inProject(async ({ run, folder, files, text }) => {
      const { code, out, err } = await run('migrate:rls', '--dry-run')
      expect({ code, err }).to.deep.equal({
        code: 0,
        err: '2 files to write; nothing was written.\n',
      })
      expect(existsSync(join(folder, 'migrations'))).to.equal(false)

      await run('migrate:rls')
      const printed = files().map((file) => `// migrations/${file}\n${text(file)}`)
      const withoutTime = (all: string) => all.replace(/\d{13}/g, '*')
      expect(withoutTime(out)).to.equal(withoutTime(printed.join('\n')))
    }))

  it('exits 1 with --check and says what is missing, until nothing is', () =>
    inProject(async ({ run, folder }) => {
      await query('alter table projects enable row level security')
      const { code, out, err } = await run('migrate:rls', '--check')
      expect({ code, out, err }).to.deep.equal({
        code: 1,
        out: [
          'public.projects: The floor: no other policy can let another tenant through.',
          'public.projects: Marks it as made by the tool, which alters and drops no other policy.',
          'public.projects: Lets a statement see and write the rows of its tenant.',
          'public.projects: Marks it as made by the tool, which alters and drops no other policy.',
          'public.projects: A new row that names no tenant gets the one of its statement.',
          'public.projects: Makes the policies apply to the owner of the table too.',
          '',
        ].join('\n'),
        err: '2 files to write; nothing was written.\n',
      })
      expect(existsSync(join(folder, 'migrations'))).to.equal(false)
      const json = await run('migrate:rls', '--check', '--json')
      expect([json.code, JSON.parse(json.out).phases.length]).to.deep.equal([1, 2])

      await run('migrate:rls')
      await run('migrate:latest')
      expect(await run('migrate:rls', '--check')).to.deep.equal(NOTHING_TO_DO)
    }))

  it('prints the plan with --json', () =>
    inProject(async ({ run, files }) => {
      await query('alter table projects enable row level security')
      const { code, out } = await run('migrate:rls', '--json')
      const { phases } = JSON.parse(out)
      expect(code).to.equal(0)
      expect(phases.map(({ file }: { file: string }) => file)).to.deep.equal(
        files().map((file) => `migrations/${file}`),
      )
      expect(phases[1]).to.deep.equal({
        name: 'force',
        steps: [
          {
            table: { schema: 'public', name: 'projects' },
            why: 'Makes the policies apply to the owner of the table too.',
            up: 'alter table public.projects force row level security',
            down: ['alter table public.projects no force row level security'],
            lock: 'access exclusive',
            hazard: 'Jobs, views and functions of the owner see no rows without a policy for it.',
          },
        ],
        file: phases[1].file,
      })
    }))

  it('says what was not asked for, and plans it when it is', () =>
    inProject(async ({ run, files, text }) => {
      await query('grant select, insert on projects to public')
      await run('migrate:rls')
      const latest = await run('migrate:latest')
      expect(latest).to.have.property('code', 0)
      expect(await run('migrate:rls', '--check')).to.deep.equal({
        ...NOTHING_TO_DO,
        err: `${NOTHING_TO_DO.err}Not planned:\n  --with grants  public.projects: everybody has INSERT, SELECT\n`,
      })
      expect(JSON.parse((await run('migrate:rls', '--json')).out)).to.deep.equal({
        version: 1,
        phases: [],
        advice: [
          {
            part: 'grants',
            table: { schema: 'public', name: 'projects' },
            problem: 'everybody has INSERT, SELECT',
          },
        ],
      })
      const { code, out, err } = await run('migrate:rls', '--with', 'views, grants')
      expect({ code, err }).to.deep.equal({
        code: 0,
        err: 'Review them, then run `kysely-tenants migrate:latest`.\n',
      })
      const file = files().find((name) => out.includes(name)) ?? ''
      expect(text(file)).to.include('revoke insert, select on public.projects from public')
    }))

  it('refuses a part that it does not know', () =>
    inProject(async ({ run, folder }) => {
      expect(await run('migrate:rls', '--with', 'grants,keys')).to.deep.equal({
        code: 2,
        out: '',
        err: "✖ option '--with <parts>' argument 'grants,keys' is invalid. There are foreign-keys, unique-keys, views, grants.\n  next See `kysely-tenants migrate:rls --help`.\n",
      })
      expect(existsSync(join(folder, 'migrations'))).to.equal(false)
    }))

  it('continues the style of the files that are there, behind the last of them', () =>
    inProject(async ({ run, folder, files }) => {
      mkdirSync(join(folder, 'migrations'))
      writeFileSync(join(folder, 'migrations/0009_first.ts'), 'export async function up() {}')
      await run('migrate:rls', '--name', 'row-security')
      expect(files()).to.deep.equal([
        '0009_first.ts',
        '0010_row-security_1_policies.ts',
        '0010_row-security_2_force.ts',
      ])
    }))

  it('refuses a name that leaves the folder', () =>
    inProject(async ({ run, folder }) => {
      const { code, out, err } = await run('migrate:rls', '--name', '../evil')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.include('A name has letters, digits, "_" and "-".')
      expect(readdirSync(folder)).to.not.include('migrations')
    }))

  it('writes nothing when a table has no tenant column', () =>
    inProject(
      async ({ run, folder }) => {
        await query('create table tasks (id int)')
        expect(await run('migrate:rls')).to.deep.equal(
          trouble(
            '✖ These tables have no tenant column, and where it would come from is not known; nothing was written.  MIGRATION.NO_COLUMN',
            '  public.tasks has no column tenant_id',
            "  next Name the column the table has, { column: … }, or where its tenants come from: { backfill: { parent: 'table' } } or { backfill: { tenant: 'id' } }.",
          ),
        )
        expect(existsSync(join(folder, 'migrations'))).to.equal(false)
      },
      ['projects', 'tasks'],
    ))

  // Not by permission bits: a superuser of the system writes all the same.
  it('says which folder cannot be written, and leaves nothing behind', () =>
    withProject(
      { ...config(), migrations: { folder: 'file/migrations' } },
      async ({ folder, run }) => {
        writeFileSync(join(folder, 'file'), 'kept')
        const { code, out, err } = await run('migrate:rls')
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.match(/^✖ The migrations folder \S+ cannot be written: E/)
        expect(err).to.include('nothing was written.  MIGRATION.FOLDER_NOT_WRITABLE\n')
        expect(readdirSync(folder).toSorted()).to.deep.equal(['file', 'kysely-tenants.config.json'])
      },
    ))
})
