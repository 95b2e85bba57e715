import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { writeMigrations } from '../../src/cli/migration-folder.ts'
import { isTenancyError } from '../../src/errors/tenancy-error.ts'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { createDatabase, type TestDatabase, withClient } from '../support/postgres.ts'
import { type CliRun, withProject } from '../support/run-cli.ts'

const NOTHING_TO_DO = {
  code: 0,
  out: '',
  err: 'Nothing to do: the database is as the config wants it.\n',
}

let database: TestDatabase
const query = (sql: string) => withClient(database.url, (client) => client.query(sql))

describe('migrations from the command line', () => {
  beforeEach(async () => {
    database = await createDatabase()
    await query('create table projects (id int, tenant_id uuid, primary key (tenant_id, id))')
  })
  afterEach(() => database.drop())

  describe('migrate:rls', () => {
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
            'public.projects: The floor: whatever other policies allow, it is never another tenant.',
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
          err: "✖ option '--with <parts>' argument 'grants,keys' is invalid. There are foreign-keys, unique-keys, views, grants.\n",
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
        { ...config(['projects']), migrations: { folder: 'file/migrations' } },
        async ({ folder, run }) => {
          writeFileSync(join(folder, 'file'), 'kept')
          const { code, out, err } = await run('migrate:rls')
          expect({ code, out }).to.deep.equal({ code: 2, out: '' })
          expect(err).to.match(/^✖ The migrations folder \S+ cannot be written: E/)
          expect(err).to.include('nothing was written.  MIGRATION.FOLDER_NOT_WRITABLE\n')
          expect(readdirSync(folder).toSorted()).to.deep.equal(['file', 'kysely-tenants.config.ts'])
        },
      ))
  })

  describe('writing migrations', () => {
    it('overwrites no file, and writes none beside it', () =>
      withProject({}, async ({ folder }) => {
        const [free, taken] = [join(folder, '1_a.ts'), join(folder, '1_b.ts')]
        writeFileSync(taken, 'kept')
        expect(
          codeOf(() =>
            writeMigrations(
              folder,
              [free, taken].map((path) => ({ path, text: 'new' })),
            ),
          ),
        ).to.equal('MIGRATION.FILE_EXISTS')
        expect(readdirSync(folder).toSorted()).to.deep.equal(['1_b.ts', 'kysely-tenants.config.ts'])
      }))

    it('takes the first file back when the second cannot be written', () =>
      withProject({}, async ({ folder }) => {
        const paths = [join(folder, 'new/1_a.ts'), join(folder, 'new/missing/1_b.ts')]
        expect(
          codeOf(() =>
            writeMigrations(
              join(folder, 'new'),
              paths.map((path) => ({ path, text: 'new' })),
            ),
          ),
        ).to.equal('MIGRATION.FOLDER_NOT_WRITABLE')
        expect(readdirSync(folder)).to.deep.equal(['kysely-tenants.config.ts'])
      }))
  })

  describe('migrate:latest and migrate:list', () => {
    it('list without leaving a trace, run, and list again', () =>
      inProject(async ({ run, folder }) => {
        write(folder, '1_ts.ts', up('create table one (id int)', 'const ok: boolean = true'))
        write(folder, '2_mjs.mjs', up('create table two (id int)'))
        write(folder, '3_default.js', `${up('create table three (id int)')}export default { up }`)
        write(folder, 'shared.d.ts', 'export declare const x: number')
        write(folder, 'helper.ts', 'export const x = 1')

        expect(await run('migrate:list')).to.deep.equal({
          code: 0,
          out: '· 1_ts  pending\n· 2_mjs  pending\n· 3_default  pending\n',
          err: '',
        })
        expect(await tables()).to.deep.equal(['projects'])

        expect(await run('migrate:latest')).to.deep.equal({
          code: 0,
          out: '✔ 1_ts  executed\n✔ 2_mjs  executed\n✔ 3_default  executed\n',
          err: '',
        })
        expect(await tables()).to.include.members(['one', 'two', 'three'])
        expect(await run('migrate:latest')).to.deep.equal({
          code: 0,
          out: '',
          err: 'Nothing to do: no migration is pending.\n',
        })
        expect((await run('migrate:list')).out).to.match(/^(✔ \S+ {2}executed 20\S+Z\n){3}$/)
      }))

    it('run none that comes after the named one, and nothing when the folder does not have it', () =>
      inProject(async ({ run, folder }) => {
        for (const name of ['1_a', '2_b', '3_c']) write(folder, `${name}.ts`, up('select 1'))
        expect(await run('migrate:latest', '--to', '4_d')).to.deep.equal(
          trouble(
            '✖ The folder has no migration 4_d; no migration was run.  MIGRATION.NOT_STARTED',
            '  next Mend the file, or bring the folder and the table kysely_migration together.',
          ),
        )
        expect((await run('migrate:latest', '--to', '2_b')).out).to.equal(
          '✔ 1_a  executed\n✔ 2_b  executed\n',
        )
        expect(await run('migrate:latest', '--to', '1_a')).to.deep.equal({
          code: 0,
          out: '',
          err: 'Nothing to do: no migration is pending.\n',
        })
        expect((await run('migrate:latest')).out).to.equal('✔ 3_c  executed\n')
      }))

    it('print JSON', () =>
      inProject(async ({ run, folder }) => {
        write(folder, '1_a.ts', up('select 1'))
        const list = async () => JSON.parse((await run('migrate:list', '--json')).out)
        expect(await list()).to.deep.equal({
          version: 1,
          migrations: [{ name: '1_a', executedAt: null }],
        })
        expect(JSON.parse((await run('migrate:latest', '--json')).out)).to.deep.equal({
          version: 1,
          migrations: [{ name: '1_a', status: 'executed' }],
        })
        const [{ executedAt }] = (await list()).migrations
        expect(new Date(executedAt).toISOString()).to.equal(executedAt)
      }))

    it('stop at a migration that fails, keep what ran before, and go on from there', () =>
      inProject(async ({ run, folder }) => {
        write(folder, '1_a.ts', up('create table one (id int)'))
        write(folder, '2_b.ts', up('create table one (id int)'))
        write(folder, '3_c.ts', up('create table three (id int)'))
        expect(await run('migrate:latest')).to.deep.equal({
          code: 2,
          out: '✔ 1_a  executed\n✖ 2_b  failed\n· 3_c  pending\n',
          err: [
            '✖ Migration 2_b failed: relation "one" already exists; what ran before it stays, nothing of a failed transaction does.  MIGRATION.FAILED',
            '  next Mend the cause and run the same command again; it goes on where it stopped.',
            '',
          ].join('\n'),
        })
        write(folder, '2_b.ts', up('create table two (id int)'))
        expect(await run('migrate:latest')).to.deep.equal({
          code: 0,
          out: '✔ 2_b  executed\n✔ 3_c  executed\n',
          err: '',
        })
      }))

    it('leave nothing of a written file that fails in the middle', () =>
      inProject(async ({ run, folder, files, text }) => {
        await run('migrate:rls')
        const [file = ''] = files()
        const broken = text(file).replace('enable row level security', 'enable row level nonsense')
        write(folder, file, broken)
        expect((await run('migrate:latest')).code).to.equal(2)
        const { rows } = await query('select from pg_policy')
        expect(rows).to.deep.equal([])
      }))

    for (const command of ['migrate:latest', 'migrate:list']) {
      it(`${command} runs nothing when a file does not load`, () =>
        inProject(async ({ run, folder }) => {
          write(folder, '1_a.ts', up('create table one (id int)'))
          write(folder, '2_b.ts', 'export const up = ')
          const { code, out, err } = await run(command)
          expect({ code, out }).to.deep.equal({ code: 2, out: '' })
          expect(err).to.match(/^✖ <folder>\/migrations\/2_b\.ts cannot be loaded: /)
          expect(err).to.include('MIGRATION.NOT_STARTED')
          expect(await tables()).to.deep.equal(['projects'])
        }))

      it(`${command} does not take a missing folder for an empty one`, () =>
        inProject(async ({ run }) => {
          const { code, out, err } = await run(command)
          expect({ code, out }).to.deep.equal({ code: 2, out: '' })
          expect(err).to.include('<folder>/migrations cannot be read: ENOENT')
          expect(err).to.include('MIGRATION.FOLDER_NOT_READABLE')
        }))
    }

    it('say so when the folder and the record of Kysely do not fit', () =>
      inProject(async ({ run, folder }) => {
        write(folder, '2_b.ts', up('select 1'))
        await run('migrate:latest')
        write(folder, '1_a.ts', up('select 1'))
        const { code, out, err } = await run('migrate:latest')
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.match(/^✖ corrupted migrations: .*MIGRATION\.NOT_STARTED\n/)
      }))
  })
})

function config(tables: string[]) {
  return { connection: database.url, tables }
}

function inProject(
  body: (project: MigrationProject) => Promise<void>,
  tables: string[] = ['projects'],
): Promise<void> {
  return withMigrations(config(tables), body)
}

async function tables(): Promise<string[]> {
  const { rows } = await query(
    `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  )
  return rows.map(({ relname }) => relname)
}

function write(folder: string, file: string, text: string): void {
  mkdirSync(join(folder, 'migrations'), { recursive: true })
  writeFileSync(join(folder, 'migrations', file), text)
}

function up(statement: string, first = ''): string {
  return `import { sql } from 'kysely'
${first}
export async function up(db) {
  await sql\`${statement}\`.execute(db)
}
`
}

function trouble(...lines: string[]): CliRun {
  return { code: 2, out: '', err: `${lines.join('\n')}\n` }
}

function codeOf(body: () => void): string | undefined {
  try {
    body()
  } catch (error) {
    if (isTenancyError(error)) return error.code
    throw error
  }
  return undefined
}
