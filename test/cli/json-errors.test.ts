import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { main } from '../../src/cli/main.ts'
import { useProjectsDatabase } from '../support/projects-database.ts'
import { runCli } from '../support/run-cli.ts'

describe('--json prints an error as JSON too', () => {
  const { config, inProject } = useProjectsDatabase()
  const commands = ['status', 'audit', 'migrate:rls', 'migrate:latest', 'migrate:up', 'backfill']

  for (const command of commands) {
    it(`in ${command}, with code and hint, and as text on stderr`, async () => {
      const { code, out, err } = await runCli([command, '--json'], { tables: [] })
      expect({ code, json: JSON.parse(out) }).to.deep.equal({
        code: 2,
        json: {
          version: 1,
          error: {
            code: 'CONFIG.INVALID',
            message:
              "The config is not valid; nothing was done.\ntables: name at least one tenant table, such as { projects: {} } or ['projects']",
            hint: 'Each line above names the key and what it expects.',
          },
        },
      })
      expect(err).to.match(/^✖ The config is not valid; nothing was done\. {2}CONFIG\.INVALID\n/)
    })
  }

  for (const argv of [['--format', 'json'], ['--format=json'], ['-f', 'json'], ['-fjson']]) {
    it(`in audit ${argv.join(' ')}`, async () => {
      const { out } = await runCli(['audit', ...argv], { tables: [] })
      expect(JSON.parse(out).error).to.include({ code: 'CONFIG.INVALID' })
    })
  }

  for (const argv of [[], ['--format', 'sarif']]) {
    it(`and not in audit ${argv.join(' ')}`, async () => {
      expect(await runCli(['audit', ...argv], { tables: [] })).to.include({ code: 2, out: '' })
    })
  }

  it('for an option that is not known', async () => {
    const { code, out, err } = await runCli(['audit', '--json', '--baselin', 'x'])
    expect({ code, json: JSON.parse(out), err }).to.deep.equal({
      code: 2,
      json: {
        version: 1,
        error: {
          code: 'USAGE',
          message: "unknown option '--baselin'\n(Did you mean --baseline?)",
          hint: 'See `kysely-tenants audit --help`.',
        },
      },
      err: "✖ unknown option '--baselin'\n(Did you mean --baseline?)\n  next See `kysely-tenants audit --help`.\n",
    })
  })

  it('with the SQLSTATE of PostgreSQL', async () => {
    const { connection, tables } = config()
    const url = new URL(connection)
    url.searchParams.set('options', '-c statement_timeout=1')
    const { out } = await runCli(['status', '--json', '--url', url.href], { tables })
    expect(JSON.parse(out).error).to.deep.equal({
      code: '57014',
      message: 'PostgreSQL: canceling statement due to statement timeout',
    })
  })

  it('for a bug, with what to report', async () => {
    let out = ''
    const code = await main(['explain', '--json'], {
      cwd: '.',
      color: false,
      out: (text) => {
        if (out === '' && text.includes('"checks"')) throw new RangeError('out of paper')
        out += text
      },
      err: () => undefined,
    })
    const { error } = JSON.parse(out)
    expect({ code, error: error.code }).to.deep.equal({ code: 2, error: 'RangeError' })
    expect(error.hint).to.match(/^This is a bug of kysely-tenants.*\n.*DEBUG.*\nReport it/)
  })

  it('in one document with the migrations that ran before', () =>
    inProject(async ({ run, folder }) => {
      mkdirSync(join(folder, 'migrations'))
      write(folder, '1_a', 'create table one (id int)')
      write(folder, '2_b', 'create table one (id int)')
      write(folder, '3_c', 'select 1')
      const { code, out } = await run('migrate:latest', '--json')
      expect({ code, json: JSON.parse(out) }).to.deep.equal({
        code: 2,
        json: {
          version: 1,
          migrations: [
            { name: '1_a', status: 'executed' },
            { name: '2_b', status: 'failed' },
            { name: '3_c', status: 'pending' },
          ],
          error: {
            code: 'MIGRATION.FAILED',
            message:
              'Migration 2_b failed: relation "one" already exists; what ran before it stays, and the transaction that failed was rolled back.',
            hint: 'Fix the cause and run the same command again; it continues where it stopped.',
          },
        },
      })
    }))
})

function write(folder: string, name: string, sql: string): void {
  writeFileSync(
    join(folder, 'migrations', `${name}.ts`),
    `import { sql } from 'kysely'\nexport const up = (db) => sql\`${sql}\`.execute(db)\n`,
  )
}
