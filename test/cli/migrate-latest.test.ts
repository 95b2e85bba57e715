import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useProjectsDatabase } from '../support/projects-database.ts'
import { trouble } from '../support/run-cli.ts'

describe('migrate:latest and migrate:list', () => {
  const { query, inProject } = useProjectsDatabase()
  const tables = async (): Promise<string[]> => {
    const { rows } = await query(
      `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    )
    return rows.map(({ relname }) => relname)
  }

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
          '  next List all names with `kysely-tenants migrate:list`.',
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

  for (const [given, meant] of [
    ['1_create_tabel', '1_create_table'],
    ['1_create_table.ts', '1_create_table'],
    ['add_column', '2_add_column'],
  ]) {
    it(`name the migration that --to ${given} means`, () =>
      inProject(async ({ run, folder }) => {
        for (const name of ['1_create_table', '2_add_column']) {
          write(folder, `${name}.ts`, `${up('select 1')}export const down = up`)
        }
        const hint = `  next Did you mean ${meant}? \`kysely-tenants migrate:list\` lists all names.`
        expect(await run('migrate:latest', '--to', given ?? '')).to.deep.equal(
          trouble(
            `✖ The folder has no migration ${given}; no migration was run.  MIGRATION.NOT_STARTED`,
            hint,
          ),
        )
        await run('migrate:latest')
        expect(await run('migrate:down', '--to', given ?? '')).to.deep.equal(
          trouble(
            `✖ ${given} has not been executed; no migration was run.  MIGRATION.NOT_STARTED`,
            hint,
          ),
        )
      }))
  }

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
          '✖ Migration 2_b failed: relation "one" already exists; what ran before it stays, and the transaction that failed was rolled back.  MIGRATION.FAILED',
          '  next Fix the cause and run the same command again; it continues where it stopped.',
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
