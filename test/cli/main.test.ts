import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { main } from '../../src/cli/main.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

const COMMANDS = [
  'init',
  'status',
  'audit',
  'explain',
  'migrate:rls',
  'migrate:latest',
  'migrate:up',
  'migrate:down',
  'migrate:list',
  'backfill',
]

describe('kysely-tenants', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await runCli(['--version'])).to.deep.equal({ code: 0, out: `${version}\n`, err: '' })
  })

  it('prints its help, with the exit codes', async () => {
    expect(await runCli(['--help'])).to.deep.equal({ code: 0, out: HELP, err: '' })
  })

  it('has the same help as a command', async () => {
    expect(await runCli(['help'])).to.deep.equal({ code: 0, out: HELP, err: '' })
  })

  it('does nothing without a command, and says what there is', async () => {
    expect(await runCli([])).to.deep.equal({ code: 2, out: '', err: HELP })
  })

  for (const [argv, code] of [
    [['migrate'], 2],
    [['migrate', '--help'], 0],
    [['migrate', 'latest', '--force'], 2],
  ] as const) {
    it(`${argv.join(' ')} lists the commands of that group, and runs none`, async () => {
      const { out, err, ...run } = await runCli(argv)
      const listed = [...`${out}${err}`.matchAll(/^ {2}(\w+:\w+) /gm)].map(([, name]) => name)
      expect({ ...run, listed, silent: code === 0 ? err : out }).to.deep.equal({
        code,
        listed: ['migrate:rls', 'migrate:latest', 'migrate:up', 'migrate:down', 'migrate:list'],
        silent: '',
      })
    })
  }

  for (const command of COMMANDS) {
    it(`${command} has a help with examples`, async () => {
      const { code, out, err } = await runCli([command, '--help'])
      expect({ code, err }).to.deep.equal({ code: 0, err: '' })
      expect(out).to.match(
        new RegExp(`^Usage: kysely-tenants ${command} .*\n\n\\w.*\n\n(Arguments|Options):\n`),
      )
      expect(out).to.include(`Examples:\n  kysely-tenants ${command}`)
    })
  }

  it('suggests the command that was meant', async () => {
    expect(await runCli(['adit'])).to.deep.equal({
      code: 2,
      out: '',
      err: "✖ unknown command 'adit'\n(Did you mean audit?)\n  next See `kysely-tenants --help`.\n",
    })
  })

  it('suggests the option that was meant', async () => {
    expect(await runCli(['audit', '--jsn'])).to.deep.equal({
      code: 2,
      out: '',
      err: "✖ unknown option '--jsn'\n(Did you mean --json?)\n  next See `kysely-tenants audit --help`.\n",
    })
  })

  it('names the values that an option takes', async () => {
    expect(await runCli(['audit', '--fail-on', 'worst'])).to.deep.equal({
      code: 2,
      out: '',
      err: "✖ option '--fail-on <level>' argument 'worst' is invalid. Allowed choices are critical, high, medium, low, info.\n  next See `kysely-tenants audit --help`.\n",
    })
  })

  it('says that a bug is one, and how to report it', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await runIntoBug({ debug: false })).to.deep.equal({
      code: 2,
      err: `✖ Unexpected error: out of paper; the command ended, and changes that were not committed are undone.  RangeError
  next This is a bug of kysely-tenants, unless the stack leads into a file of yours.
  Run it again with DEBUG=kysely-tenants to see the stack.
  Report it where you got the package from, with the command, the stack and the versions.
  kysely-tenants ${version}, Node ${process.version}, ${process.platform} ${process.arch}
`,
    })
  })

  it('shows the stack of a bug, and its cause, when it is asked to', async () => {
    const { code, err } = await runIntoBug({ debug: true })
    expect(code).to.equal(2)
    expect(err).not.to.include('DEBUG=')
    expect(err).to.match(/\n {2}RangeError: out of paper\n +at .*main\.test\.ts/)
    expect(err).to.match(/\[cause\]: Error: no tree\n +at .*main\.test\.ts/)
  })

  it('paints an error for stderr, whatever stdout is', async () => {
    const errors = async (color: boolean, errColor: boolean) => {
      let err = ''
      const out = () => undefined
      const write = (text: string) => {
        err += text
      }
      await main(['status', '--bogus'], { cwd: '.', out, err: write, color, errColor })
      return err
    }
    const plain = "✖ unknown option '--bogus'\n  next See `kysely-tenants status --help`.\n"
    expect(await errors(true, false)).to.equal(plain)
    expect(await errors(false, true)).to.include('\u001b[31m✖')
  })

  it('paints when it is asked to', async () => {
    let err = ''
    const code = await main(['explain', 'rls-off'], {
      cwd: '.',
      out: () => undefined,
      err: (text) => {
        err += text
      },
      color: true,
    })
    expect({
      code,
      red: err.startsWith('\u001b[31m✖\u001b[39m There is no check rls-off.'),
    }).to.deep.equal({
      code: 2,
      red: true,
    })
  })

  describe('an error of PostgreSQL', () => {
    let database: TestDatabase
    before(async () => {
      database = await createDatabase()
    })
    after(() => database.drop())

    it('is one line with its SQLSTATE', async () => {
      const url = new URL(database.url)
      url.searchParams.set('options', '-c statement_timeout=1')

      const { code, out, err } = await runCli(['status', '--url', url.href], {
        tables: ['projects'],
      })
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.equal('✖ PostgreSQL: canceling statement due to statement timeout  57014\n')
    })
  })
})

async function runIntoBug(options: { debug: boolean }): Promise<{ code: number; err: string }> {
  let err = ''
  const code = await main(['explain'], {
    cwd: '.',
    color: false,
    ...options,
    out: () => {
      throw new RangeError('out of paper', { cause: new Error('no tree') })
    },
    err: (text) => {
      err += text
    },
  })
  return { code, err }
}

const HELP = `Usage: kysely-tenants [options] [command]

Row-level multi-tenancy for Kysely and Knex on PostgreSQL.

Options:
  -V, --version                  print the version
  -h, --help                     display help for command

Commands:
  init [options]                 propose a config from what the database has, and write it
  status [options]               show what is in place, a line for each tenant table
  migrate:rls [options]          write the migrations that bring row security to what the config
                                 wants
  migrate:latest [options]       run the migrations that are pending
  migrate:up [options]           run the next migration that is pending
  migrate:down [options]         undo the last migration, or several
  migrate:list [options]         show which migrations have run and which are pending
  backfill [options] [table...]  fill a new tenant column in batches, while the application goes on
  audit [options]                report what lets one tenant reach another
  explain [options] [check]      list all checks, or explain why one matters and how to resolve it
  help [command]                 display help for command

Exit codes:
  0  clean
  1  findings, or work to do
  2  could not do the job

Examples:
  kysely-tenants init             propose a config from what the database has
  kysely-tenants status           show what is in place, table by table
  kysely-tenants migrate:rls      write the migrations that are missing
  kysely-tenants migrate:latest   run them
  kysely-tenants audit            find what lets one tenant reach another
`
