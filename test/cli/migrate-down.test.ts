import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { createDatabase, type TestDatabase, withClient } from '../support/postgres.ts'

let database: TestDatabase

describe('migrate:down', () => {
  beforeEach(async () => {
    database = await createDatabase()
  })
  afterEach(() => database.drop())

  it('undoes the last migration', () =>
    inProject(async ({ run }) => {
      expect(await run('migrate:down')).to.deep.equal({ code: 0, out: '✔ 3_c  undone\n', err: '' })
      expect(await tables()).to.deep.equal(['a', 'b'])
      expect(await run('migrate:latest')).to.deep.equal({
        code: 0,
        out: '✔ 3_c  executed\n',
        err: '',
      })
    }))

  it('undoes all that ran after the migration in --to', () =>
    inProject(async ({ run }) => {
      expect(await run('migrate:down', '--to', '1_a')).to.deep.equal({
        code: 0,
        out: '✔ 3_c  undone\n✔ 2_b  undone\n',
        err: '',
      })
      expect(await tables()).to.deep.equal(['a'])
      expect(await run('migrate:down', '--to', '1_a')).to.deep.equal(NOTHING_TO_UNDO)
      expect(await tables()).to.deep.equal(['a'])
    }))

  it('undoes all with --all', () =>
    inProject(async ({ run }) => {
      const { code, out } = await run('migrate:down', '--all', '--json')
      expect({ code, json: JSON.parse(out) }).to.deep.equal({
        code: 0,
        json: {
          version: 1,
          migrations: ['3_c', '2_b', '1_a'].map((name) => ({ name, status: 'undone' })),
        },
      })
      expect(await tables()).to.deep.equal([])
      expect(await run('migrate:down')).to.deep.equal(NOTHING_TO_UNDO)
    }))

  it('stops where one fails, rolls that one back, and goes on from there', () =>
    inProject(async ({ run, folder }) => {
      write(folder, '2_b', 'drop table b; drop table missing')
      expect(await run('migrate:down', '--all')).to.deep.equal({
        code: 2,
        out: '✔ 3_c  undone\n✖ 2_b  failed\n· 1_a  kept\n',
        err: [
          '✖ Migration 2_b failed: table "missing" does not exist; what ran before it stays, and the transaction that failed was rolled back.  MIGRATION.FAILED',
          '  next Fix the cause and run the same command again; it continues where it stopped.',
          '',
        ].join('\n'),
      })
      expect(await tables()).to.deep.equal(['a', 'b'])
      write(folder, '2_b', 'drop table b')
      expect(await run('migrate:down', '--all')).to.have.property(
        'out',
        '✔ 2_b  undone\n✔ 1_a  undone\n',
      )
    }))

  it('undoes nothing when one of those to undo has no down', () =>
    inProject(async ({ run, folder }) => {
      write(folder, '1_a', undefined)
      const { code, out, err } = await run('migrate:down', '--all')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.match(
        /^✖ 1_a has no `down`; no migration was run\. {2}MIGRATION\.NOT_STARTED\n/,
      )
      expect(await tables()).to.deep.equal(['a', 'b', 'c'])
    }))

  it('does not migrate up to a migration that is pending', () =>
    inProject(async ({ run, folder }) => {
      write(folder, '4_d', 'select 1')
      const { code, out, err } = await run('migrate:down', '--to', '4_d')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.match(/^✖ 4_d has not been executed; no migration was run\./)
      expect(await tables()).to.deep.equal(['a', 'b', 'c'])
    }))

  it('says so when the file of the last migration is gone', () =>
    inProject(async ({ run, folder }) => {
      rmSync(join(folder, 'migrations/1_a.ts'))
      const { code, out, err } = await run('migrate:down')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.match(/^✖ corrupted migrations: .*MIGRATION\.NOT_STARTED\n/)
    }))

  it('takes one way of saying how far', () =>
    inProject(async ({ run }) => {
      const { code, err } = await run('migrate:down', '--all', '--to', '1_a')
      expect(code).to.equal(2)
      expect(err).to.include("option '--to <migration>' cannot be used with option '--all'")
    }))
})

const NOTHING_TO_UNDO = { code: 0, out: '', err: 'Nothing to undo.\n' }

/** Three migrations that ran: each made a table. */
function inProject(body: (project: MigrationProject) => Promise<void>): Promise<void> {
  return withMigrations({ connection: database.url, tables: ['projects'] }, async (project) => {
    for (const [index, table] of ['a', 'b', 'c'].entries()) {
      write(project.folder, `${index + 1}_${table}`, `drop table ${table}`)
    }
    await project.run('migrate:latest')
    await body(project)
  })
}

function write(folder: string, name: string, down: string | undefined): void {
  mkdirSync(join(folder, 'migrations'), { recursive: true })
  const undo = `export const down = (db) => sql\`${down}\`.execute(db)\n`
  writeFileSync(
    join(folder, `migrations/${name}.ts`),
    `import { sql } from 'kysely'
export const up = (db) => sql\`create table ${name.split('_')[1]} (id int)\`.execute(db)
${down === undefined ? '' : undo}`,
  )
}

async function tables(): Promise<string[]> {
  const { rows } = await withClient(database.url, (client) =>
    client.query<{ relname: string }>(
      `select relname from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace
         and relname !~ '^kysely' order by 1`,
    ),
  )
  return rows.map(({ relname }) => relname)
}
