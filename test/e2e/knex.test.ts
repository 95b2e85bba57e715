import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { PHASES, type Phase } from '../../src/migration/step.ts'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { createMixedState, mixedConfig, readMixedState } from '../support/mixed-state.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const BIN = fileURLToPath(new URL('../../node_modules/knex/bin/cli.js', import.meta.url))

let database: TestDatabase

describe("Knex's own command", () => {
  before(async () => {
    database = await createDatabase()
    await createMixedState(database.url)
  })
  after(() => database.drop())

  for (const [format, type] of [
    ['knex', 'module'],
    ['knex', 'commonjs'],
    ['knex-ts', 'module'],
    ['knex-ts', 'commonjs'],
  ] as const) {
    it(`runs and undoes what migrate:rls --format ${format} wrote into a package of type ${type}`, () =>
      inProject(type, async (project) => {
        const before = await readMixedState(database.url)
        await project.run('migrate:rls', '--format', format)

        expect(knex(project, 'migrate:latest').said).to.include(
          `Batch 1 run: ${PHASES.length} migrations\n`,
        )
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)

        expect(knex(project, 'migrate:rollback').said).to.include(
          `Batch 1 rolled back: ${PHASES.length} migrations\n`,
        )
        expect(await readMixedState(database.url)).to.deep.equal(before)
      })).timeout(60_000)
  }

  it('leaves nothing of a file that fails, with its transactions switched off too', () =>
    inProject('module', async (project) => {
      const before = await readMixedState(database.url)
      await project.run('migrate:rls', '--format', 'knex')
      const planned = await missing(project)
      const file = project.files().find((name) => name.includes('9_force')) ?? ''
      const [last = ''] = planned.filter((sql) => / force /.test(sql)).slice(-1)
      const broken = project.text(file).replace(last, `${last} nonsense`)
      writeFileSync(join(project.folder, 'migrations', file), broken)

      const latest = knex(project, 'migrate:latest', '--disable-transactions')
      expect(latest.status).to.equal(1)
      expect(latest.said).to.include('syntax error at or near "nonsense"')
      expect(await missing(project)).to.have.members(planned.filter((sql) => / force /.test(sql)))

      expect(knex(project, 'migrate:rollback', '--disable-transactions').said).to.include(
        `rolled back: ${PHASES.length - 1} migrations\n`,
      )
      expect(await readMixedState(database.url)).to.deep.equal(before)
    })).timeout(60_000)
})

function inProject(
  type: string,
  body: (project: MigrationProject) => Promise<void>,
): Promise<void> {
  return withMigrations(mixedConfig(database.url), (project) => {
    writeFileSync(join(project.folder, 'package.json'), JSON.stringify({ type }))
    writeKnexfile(project)
    return body(project)
  })
}

function writeKnexfile({ folder }: MigrationProject): void {
  // One connection: a file that takes a second one would wait for ever.
  const config = { client: 'pg', connection: database.url, pool: { min: 0, max: 1 } }
  writeFileSync(join(folder, 'knexfile.cjs'), `module.exports = ${JSON.stringify(config)}\n`)
}

function knex(
  { folder }: MigrationProject,
  ...argv: string[]
): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--import=${import.meta.resolve('tsx')}`, BIN, ...argv, '--knexfile', 'knexfile.cjs'],
    { cwd: folder, encoding: 'utf8' },
  )
  return { status, said: stdout + stderr }
}

/** The statements that are still planned. */
async function missing(project: MigrationProject): Promise<string[]> {
  const { out } = await project.run('migrate:rls', '--json')
  const { phases }: { phases: readonly Phase[] } = JSON.parse(out)
  return phases.flatMap(({ steps }) => steps.map(({ up }) => up))
}
