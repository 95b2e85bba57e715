import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { createMixedState, mixedConfig, readMixedState } from '../support/mixed-state.ts'
import { withDatabase } from '../support/postgres.ts'

describe('psql', () => {
  const [version] = spawnSync('psql', ['--version'], { encoding: 'utf8' }).stdout?.split('\n') ?? []
  if (!version) {
    // Without Debian's package `postgresql-client` the run says so; in CI it fails.
    const title = 'is not installed: its tests are left out'
    if (process.env.CI !== 'true') it(title)
    else it(title, () => expect.fail('install psql'))
    return
  }

  it(`runs and undoes what migrate:rls --format sql wrote (${version})`, () =>
    withDatabase(async (url) => {
      await createMixedState(url)
      await withMigrations(mixedConfig(url), async (project) => {
        const before = await readMixedState(url)
        await project.run('migrate:rls', '--format', 'sql')
        const files = project.files()

        for (const file of files.filter((name) => name.endsWith('.up.sql'))) {
          expect(psql(project, file, url)).to.deep.equal(OK)
        }
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)

        for (const file of files.filter((name) => name.endsWith('.down.sql')).toReversed()) {
          expect(psql(project, file, url)).to.deep.equal(OK)
        }
        expect(await readMixedState(url)).to.deep.equal(before)
      })
    })).timeout(60_000)
})

const OK = { status: 0, said: '' }

/** From a terminal of another encoding: what is not ASCII must arrive all the same. */
function psql(
  { folder }: MigrationProject,
  file: string,
  url: string,
): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(
    'psql',
    ['-X', '-v', 'ON_ERROR_STOP=1', '-f', `migrations/${file}`, url],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, PGCLIENTENCODING: 'LATIN1' } },
  )
  return { status, said: stderr.replace(/^.*NOTICE: .*\n/gm, '') }
}
