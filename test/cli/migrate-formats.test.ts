import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { MIGRATION_FORMATS, type MigrationFormat } from '../../src/config/migration-format.ts'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { createDatabase, type TestDatabase, withClient } from '../support/postgres.ts'

const PSQL = 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for each'

let database: TestDatabase

describe('the format of migrations', () => {
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) =>
      client.query('create table projects (id int, tenant_id uuid, primary key (tenant_id, id))'),
    )
  })
  after(() => database.drop())

  const NEXT: Partial<Record<MigrationFormat, [ending: string, next: string]>> = {
    ts: ['.ts', 'Review them, then run `kysely-tenants migrate:latest`.\n'],
    js: ['.js', 'Review them, then run `kysely-tenants migrate:latest`.\n'],
    'knex-ts': ['.ts', 'Review them, then run `npx knex migrate:latest`.\n'],
    knex: ['.cjs', 'Review them, then run `npx knex migrate:latest`.\n'],
    sql: [
      '.up.sql',
      'Review them, then run `psql -v ON_ERROR_STOP=1 -f <file>` for each .up.sql, in this order.\n',
    ],
  }
  for (const [format, [ending, err]] of Object.entries(NEXT)) {
    it(`is ${format} when the config says so, and in what is printed, planned and checked`, () =>
      inProject({ format }, async ({ run, folder, files, text }) => {
        const count = format === 'sql' ? 4 : 2
        const nothingWritten = `${count} files to write; nothing was written.\n`
        const checked = await run('migrate:rls', '--check')
        expect({ ...checked, out: '' }).to.deep.equal({ code: 1, out: '', err: nothingWritten })
        const printed = await run('migrate:rls', '--dry-run')
        expect({ ...printed, out: '' }).to.deep.equal({ code: 0, out: '', err: nothingWritten })
        expect(existsSync(join(folder, 'migrations'))).to.equal(false)

        const written = await run('migrate:rls', '--json')
        expect(written).to.deep.include({ code: 0, err })
        const paths = pathsOf(written.out)
        expect(paths.toSorted()).to.deep.equal(files().map((file) => `migrations/${file}`))
        expect(paths).to.have.length(count)
        expect(paths.filter((path) => path.endsWith(ending))).to.have.length(2)
        const sign = format === 'sql' ? '--' : '//'
        expect(withoutTime(printed.out)).to.equal(
          withoutTime(paths.map((path) => `${sign} ${path}\n${text(path.slice(11))}`).join('\n')),
        )
      }))
  }

  it('is the one of the command before the one of the config', () =>
    inProject({ format: 'sql' }, async ({ run, files }) => {
      await run('migrate:rls', '--format', 'ts')
      expect(files().map(withoutTime)).to.deep.equal([
        '*_tenants_1_policies.ts',
        '*_tenants_2_force.ts',
      ])
    }))

  it('is one of those that there are', () =>
    inProject({}, async ({ run, folder }) => {
      const { code, out, err } = await run('migrate:rls', '--format', 'liquibase')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.include(`Allowed choices are ${MIGRATION_FORMATS.join(', ')}.`)
      expect(existsSync(join(folder, 'migrations'))).to.equal(false)
    }))

  it('decides which files the names continue', () =>
    inProject({ format: 'sql' }, async ({ run, folder, files }) => {
      mkdirSync(join(folder, 'migrations'))
      for (const file of ['000041_a.up.sql', '000041_a.down.sql', '000050_b.ts']) {
        writeFileSync(join(folder, 'migrations', file), '')
      }
      await run('migrate:rls')
      expect(files().filter((file) => file.includes('tenants'))).to.deep.equal([
        '000042_tenants_1_policies.down.sql',
        '000042_tenants_1_policies.up.sql',
        '000043_tenants_2_force.down.sql',
        '000043_tenants_2_force.up.sql',
      ])
    }))

  const PACKAGES: readonly [
    title: string,
    files: Record<string, string>,
    js: string,
    knex: string,
  ][] = [
    ['of ES modules', { 'package.json': '{ "type": "module" }' }, '.js', '.cjs'],
    ['of CommonJS', { 'package.json': '{ "type": "commonjs" }' }, '.mjs', '.js'],
    ['that does not say', { 'package.json': '{}' }, '.mjs', '.js'],
    ['that cannot be read', { 'package.json': '{' }, '.mjs', '.js'],
    [
      'that is nearest',
      { 'package.json': '{ "type": "module" }', 'migrations/package.json': '{}' },

      '.mjs',
      '.js',
    ],
  ]
  for (const [title, packages, js, knex] of PACKAGES) {
    it(`gives JavaScript an extension that Node understands in a package ${title}`, () =>
      inProject({}, async ({ run, folder }) => {
        mkdirSync(join(folder, 'migrations'))
        for (const [path, text] of Object.entries(packages)) {
          writeFileSync(join(folder, path), text)
        }
        // The first one is taken; JSON does not load beside a package.json that cannot be read.
        const own = `export default ${JSON.stringify(config({}))}`
        writeFileSync(join(folder, 'kysely-tenants.config.ts'), own)
        const endings = async (format: string) => {
          const { out } = await run('migrate:rls', '--json', '--dry-run', '--format', format)
          return pathsOf(out).map((path) => path.replace(/.*(?=\.)/, ''))
        }
        expect(await endings('js')).to.deep.equal([js, js])
        expect(await endings('knex')).to.deep.equal([knex, knex])
        expect(await endings('ts')).to.deep.equal(['.ts', '.ts'])
      }))
  }

  const COMMANDS = {
    'migrate:latest': ['Run `npx knex migrate:latest`.', `${PSQL} .up.sql, in order.`],
    'migrate:down': ['Run `npx knex migrate:rollback`.', `${PSQL} .down.sql, the last one first.`],
    'migrate:list': [
      'Run `npx knex migrate:list`.',
      'psql keeps no record; `kysely-tenants migrate:rls --check` says whether a migration is missing.',
    ],
  }
  for (const [command, [knex, psql]] of Object.entries(COMMANDS)) {
    it(`is not one that ${command} runs when it is Knex or psql that must`, () =>
      inProject({ format: 'knex' }, async ({ run, folder }) => {
        expect(await run(command)).to.deep.equal(
          refusal("The migrations of the config (migrations.format: 'knex') are", 'Knex', knex),
        )
        for (const [format, tool, hint] of [
          ['knex-ts', 'Knex', knex],
          ['knex', 'Knex', knex],
          ['sql', 'psql', psql],
        ] as const) {
          const migrations = join(folder, format)
          const there = ['--config', `${format}.json`]
          writeFileSync(join(folder, `${format}.json`), JSON.stringify(config({ folder: format })))
          const { out } = await run('migrate:rls', ...there, '--format', format)
          const [first] = out.split('\n').toSorted().filter(Boolean)
          expect(existsSync(migrations)).to.equal(true)
          expect(await run(command, ...there)).to.deep.equal(
            refusal(
              `<folder>/${first} is`,
              tool,
              `${hint} What is for Kysely needs a folder of its own.`,
            ),
          )
        }
      }))
  }
})

function config(migrations: object) {
  return { connection: database.url, tables: ['projects'], migrations }
}

function inProject(
  migrations: object,
  body: (project: MigrationProject) => Promise<void>,
): Promise<void> {
  return withMigrations(config(migrations), body)
}

function pathsOf(json: string): string[] {
  const { phases }: { phases: readonly { file: string; downFile?: string }[] } = JSON.parse(json)
  return phases.flatMap(({ file, downFile }) => [file, ...(downFile ? [downFile] : [])])
}

function withoutTime(text: string): string {
  return text.replace(/\d{13,14}(?=_tenants)/g, '*')
}

function refusal(what: string, tool: string, hint: string | undefined) {
  return {
    code: 2,
    out: '',
    err: `✖ ${what} written for ${tool}, not for Kysely; nothing was done.  MIGRATION.OTHER_TOOL\n  next ${hint}\n`,
  }
}
