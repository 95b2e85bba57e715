import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type pg from 'pg'
import { PHASES, type Phase } from '../../../src/migration/step.ts'
import { biomeSays, typeCheck } from '../../support/check-files.ts'
import { type MigrationProject, withMigrations } from '../../support/migration-project.ts'
import { createMixedState, mixedConfig, readMixedState } from '../../support/mixed-state.ts'
import { createDatabase, type TestDatabase, withClient } from '../../support/postgres.ts'

const STEMS = PHASES.map((phase, index) => `${index + 1}_${phase}`)

let database: TestDatabase

describe('P11 for other tools, too', () => {
  before(async () => {
    database = await createDatabase()
    await createMixedState(database.url)
  })
  after(() => database.drop())

  it('is tried on every phase and every kind of step', () =>
    inProject(async ({ run }) => {
      const { phases }: { phases: readonly Phase[] } = JSON.parse(
        (await run('migrate:rls', '--json')).out,
      )
      expect(phases.map(({ name }) => name)).to.deep.equal(PHASES)
      const kinds = phases.flatMap(({ steps }) =>
        steps.map(({ up }) => up.split(/\s/, 2).join(' ')),
      )
      expect([...new Set(kinds)].toSorted()).to.deep.equal([
        'alter default',
        'alter policy',
        'alter table',
        'comment on',
        'create index',
        'create policy',
        'create unique',
        'do $$',
        'drop function',
        'drop index',
        'drop policy',
        'grant delete,',
        'grant select,',
        'reindex index',
        'revoke delete,',
      ])
    }))

  for (const [format, ending] of [
    ['js', '.js'],
    ['knex', '.cjs'],
    ['knex-ts', '.ts'],
  ] as const) {
    it(`writes ${format} that Biome leaves alone, that compiles, and that a colleague can read`, () =>
      inProject(async (project) => {
        await project.run('migrate:rls', '--format', format)
        expect(project.files().map(withoutTime)).to.deep.equal(
          STEMS.map((stem) => `*_tenants_${stem}${ending}`),
        )
        expectGolden(project, format)
        expect(biomeSays(project)).to.deep.equal({
          status: 0,
          said: `Checked ${PHASES.length} files. No fixes applied.\n`,
        })
        expect(typeCheck(project.folder)).to.equal('')
      })).timeout(60_000)
  }

  it('writes a pair of files for psql, each with a number of its own', () =>
    inProject(async (project) => {
      await project.run('migrate:rls', '--format', 'sql')
      const files = project.files()
      expect(files.map(withoutTime)).to.deep.equal(
        STEMS.flatMap((stem) => [`*_tenants_${stem}.down.sql`, `*_tenants_${stem}.up.sql`]),
      )
      expect(new Set(files.map((file) => file.split('_')[0])).size).to.equal(PHASES.length)
      expectGolden(project, 'sql')
    }))

  it('writes SQL that pg runs, that leaves nothing to do, and that undoes itself', () =>
    inProject(async (project) => {
      const before = await readMixedState(database.url)
      await project.run('migrate:rls', '--format', 'sql')
      const [downs, ups] = ['.down.sql', '.up.sql'].map((ending) =>
        project.files().filter((file) => file.endsWith(ending)),
      )
      await withClient(database.url, async (client) => {
        for (const file of ups ?? []) await send(client, project.text(file))
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
        for (const file of downs?.toReversed() ?? []) await send(client, project.text(file))
      })
      expect(await readMixedState(database.url)).to.deep.equal(before)
    }))

  it('writes SQL without a transaction that does nothing when it is sent in one piece', () =>
    inProject(async (project) => {
      await project.run('migrate:rls', '--format', 'sql')
      const text = (ending: string) =>
        project.text(project.files().find((file) => file.endsWith(ending)) ?? '')
      await withClient(database.url, async (client) => {
        const codeOf = (file: string) => client.query(text(file)).catch(({ code }) => code)
        await send(client, text('1_columns.up.sql'))
        const before = await readMixedState(database.url)
        expect(await codeOf('2_backfill.up.sql')).to.equal('2D000')
        expect(await codeOf('3_indexes.up.sql')).to.equal('25001')
        expect(await readMixedState(database.url)).to.deep.equal(before)
        await send(client, text('1_columns.down.sql'))
      })
    }))

  it('writes JavaScript that migrate:latest, migrate:list and migrate:down run', () =>
    inProject(async (project) => {
      const before = await readMixedState(database.url)
      for (const [type, ending] of [
        ['module', '.js'],
        ['commonjs', '.mjs'],
      ]) {
        writeFileSync(join(project.folder, 'package.json'), JSON.stringify({ type }))
        await project.run('migrate:rls', '--format', 'js')
        const files = project.files()
        expect(files.every((file) => file.endsWith(ending ?? ''))).to.equal(true)
        const names = files.map((file) => file.replace(ending ?? '', ''))
        expect(await project.run('migrate:latest')).to.deep.equal({
          code: 0,
          out: names.map((name) => `✔ ${name}  executed\n`).join(''),
          err: '',
        })
        const { out } = await project.run('migrate:list')
        expect(out).to.match(/^(?:✔ \S+ {2}executed .*\n)+$/)
        expect(out.split('\n')).to.have.length(PHASES.length + 1)
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
        expect(await project.run('migrate:down', '--all')).to.have.property('code', 0)
        expect(await readMixedState(database.url)).to.deep.equal(before)
        rmSync(join(project.folder, 'migrations'), { recursive: true })
      }
    }))
})

function inProject(body: (project: MigrationProject) => Promise<void>): Promise<void> {
  return withMigrations(mixedConfig(database.url), body)
}

function withoutTime(file: string): string {
  return file.replace(/^\d+/, '*')
}

/** With a transaction and without, forwards and back. */
function expectGolden(project: MigrationProject, format: string): void {
  const shown = project.files().filter((file) => /_[13]_/.test(file))
  expect(shown).to.have.length(format === 'sql' ? 4 : 2)
  for (const file of shown) {
    const name = file.replace(/^\d+_tenants_/, '')
    const golden = new URL(`./golden/${format}/${name}`, import.meta.url)
    const text = project.text(file)
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text)
    expect(text).to.equal(readFileSync(golden, 'utf8'))
  }
}

/** As psql does: what has no transaction, statement by statement. */
async function send(client: pg.Client, text: string): Promise<void> {
  const isWhole = /^begin;$/m.test(text)
  const statements = text.match(/(?:\$\$.*?\$\$|[^;]|;(?!\n))+;\n/gs) ?? []
  for (const statement of isWhole ? [text] : statements) await client.query(statement)
}
