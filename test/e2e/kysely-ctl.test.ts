import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import {
  type MigrationProject,
  readRelations,
  withMigrations,
} from '../support/migration-project.ts'
import { createMixedState, mixedConfig, readMixedState } from '../support/mixed-state.ts'
import { withClient, withDatabase } from '../support/postgres.ts'
import { createShapes, shapesConfig } from '../support/tenant-shapes.ts'

const BIN = fileURLToPath(new URL('../../node_modules/kysely-ctl/dist/bin.mjs', import.meta.url))

const OWN = `import { sql } from 'kysely'
export const up = (db) => sql\`create table own (id int)\`.execute(db)
export const down = (db) => sql\`drop table own\`.execute(db)
`

describe('kysely-ctl in the same project', () => {
  it('runs and undoes what migrate:rls wrote, and each sees what the other did', () =>
    inProject(async (project, url) => {
      const before = await readRelations(url)
      expect(ctl(project, 'make', 'own')).to.have.property('status', 0)
      const [own = ''] = project.files()
      writeFileSync(join(project.folder, 'migrations', own), OWN)
      expect(ctl(project, 'latest')).to.have.property('status', 0)

      await project.run('migrate:rls')
      const names = project.files().map((file) => file.replace('.ts', ''))
      expect(names[0]).to.equal(own.replace('.ts', ''))
      expect((await project.run('migrate:list')).out).to.match(/^✔ .*\n(· .*\n)+$/)

      expect(ctl(project, 'latest', '--no-transaction')).to.have.property('status', 0)
      expect((await project.run('migrate:list')).out).to.match(/^(✔ .*\n)+$/)
      expect(await project.run('migrate:latest')).to.deep.equal({
        code: 0,
        out: '',
        err: 'Nothing to do: no migration is pending.\n',
      })
      expect((await project.run('migrate:rls')).err).to.match(/^Nothing to do/)

      expect(await project.run('migrate:down', '--all')).to.deep.equal({
        code: 0,
        out: names
          .toReversed()
          .map((name) => `✔ ${name}  undone\n`)
          .join(''),
        err: '',
      })
      expect(await readRelations(url)).to.deep.equal(before)

      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(ctl(project, 'rollback', '--all', '--no-transaction')).to.have.property('status', 0)
      expect(await readRelations(url)).to.deep.equal(before)
    })).timeout(60_000)

  it('runs and undoes JavaScript when its config allows that, and switches transactions off', () =>
    withDatabase(async (url) => {
      await createMixedState(url)
      await withMigrations(mixedConfig(url), async (project) => {
        const before = await readMixedState(url)
        const migrations = { allowJS: true, disableTransactions: true }
        writeFileSync(join(project.folder, 'kysely.config.ts'), configOf(url, migrations))
        await project.run('migrate:rls', '--format', 'js')
        expect(ctl(project, 'latest')).to.have.property('status', 0)
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
        expect(ctl(project, 'rollback', '--all')).to.have.property('status', 0)
        expect(await readMixedState(url)).to.deep.equal(before)
      })
    })).timeout(60_000)

  it('does nothing when it is not told to use no transaction, and says so', () =>
    inProject(async (project, url) => {
      const before = await readRelations(url)
      await project.run('migrate:rls')
      const { status, said } = ctl(project, 'latest')
      expect(status).to.equal(1)
      expect(said).to.include('This migration cannot run inside a transaction.')
      expect(await readRelations(url)).to.deep.equal(before)
    })).timeout(60_000)
})

function inProject(body: (project: MigrationProject, url: string) => Promise<void>): Promise<void> {
  return withDatabase(async (url) => {
    await withClient(url, (client) => client.query(createShapes(url)))
    await withMigrations({ ...shapesConfig(url), connection: url }, async (project) => {
      writeFileSync(join(project.folder, 'kysely.config.ts'), configOf(url))
      await body(project, url)
    })
  })
}

function configOf(url: string, migrations: object = {}): string {
  return `import { defineConfig } from 'kysely-ctl'
import pg from 'pg'

export default defineConfig({
  dialect: 'pg',
  dialectConfig: { pool: new pg.Pool({ connectionString: '${url}' }) },
  migrations: ${JSON.stringify(migrations)},
})
`
}

function ctl(
  { folder }: MigrationProject,
  ...argv: string[]
): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'migrate', ...argv], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, said: stdout + stderr }
}
