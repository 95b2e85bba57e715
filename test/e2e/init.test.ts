import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { assertBuilt } from '../support/built.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from '../support/postgres.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const FILE = 'kysely-tenants.config.ts'

const run = promisify(execFile)

/** Processes that a failed test may have left running. */
const started: ChildProcess[] = []

describe('from an empty folder to a clean audit', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let owner = ''
  let installed = ''
  let folder = ''

  before(async () => {
    installed = install()
    database = await createDatabase()
    owner = loginUrl(database.url, `${database.name}_owner`)
    await withClient(database.url, async (client) => {
      for (const file of ['schema.sql', 'data.sql']) {
        const path = join(REPOSITORY, 'examples/demo', file)
        if (file === 'schema.sql') await client.query(named(LOGINS))
        await client.query(named(readFileSync(path, 'utf8')))
      }
    })
  })
  after(async () => {
    await database.drop()
    rmSync(installed, { recursive: true })
  })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-e2e-'))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(installed, join(folder, 'node_modules/kysely-tenants'))
    symlinkSync(join(REPOSITORY, 'node_modules/kysely'), join(folder, 'node_modules/kysely'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  })
  afterEach(() => {
    for (const child of started.splice(0)) child.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The demo has a server of its own; here its logins have names of this database alone. */
  function named(sql: string): string {
    return sql
      .replaceAll('crm_', `${database.name}_`)
      .replaceAll('database crm', `database ${database.name}`)
  }

  const bin = () => join(installed, 'bin/kysely-tenants.js')

  async function command(...args: string[]) {
    const env = { ...process.env, DATABASE_URL: owner, JITI_FS_CACHE: 'false' }
    const outcome = run(process.execPath, [bin(), ...args], { cwd: folder, env })
    const { code = 0, stdout, stderr } = await outcome.catch((error) => error)
    return { code, stdout, stderr }
  }

  it('asks on a terminal, and Ctrl-C writes nothing', async () => {
    const terminal = openTerminal(bin(), folder, owner)
    await terminal.shows('Which login does the application use?')
    terminal.press('\x03')
    expect(await terminal.exit()).to.equal(2)
    expect(terminal.text()).to.include('INIT.CANCELLED')
    expect(existsSync(join(folder, FILE))).to.equal(false)
  })

  it('init, migrate:rls, migrate:latest, audit', async () => {
    const terminal = openTerminal(bin(), folder, owner)
    await terminal.shows('Which login does the application use?')
    terminal.press('\r')
    await terminal.shows('Which tables have rows without a tenant')
    terminal.press(' ', '\r')
    await terminal.shows('Which logins see every tenant?')
    terminal.press(' ', '\r')
    await terminal.shows(`Write ${FILE}?`)
    terminal.press('\r')
    expect(await terminal.exit(), terminal.text()).to.equal(0)

    const path = join(folder, FILE)
    const text = readFileSync(path, 'utf8')
    expect(text).to.include(named("roles: { app: 'crm_app', admin: 'crm_admin' },"))
    expect(text).to.include('templates: { shared: true },')
    // The server is the one of a development dependency, of whatever release.
    const more = "  audit: { levels: { 'server-rls-cve': 'off' } },\n})\n"
    writeFileSync(path, text.replace(/\}\)\n$/, more))

    expect(await command('migrate:rls')).to.have.property('code', 0)
    expect(await command('migrate:latest')).to.have.property('code', 0)
    expect(await command('audit')).to.deep.include({ code: 0, stderr: '' })
  })
})

/** A build of its own: other tests may be at the one of the repository. */
function install(): string {
  assertBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-package-'))
  for (const part of ['bin', 'dist', 'migrations-templates', 'package.json']) {
    cpSync(join(REPOSITORY, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const LOGINS = `
  create role crm_owner login password 'secret';
  create role crm_app login password 'secret';
  create role crm_admin login password 'secret';
  grant create on database crm to crm_owner;
  revoke temporary on database crm from public;
  revoke create on schema public from public;
  grant create on schema public to crm_owner;
  set role crm_owner;`

/** `init` on a terminal of the kernel, which `script` of util-linux or of BSD opens. */
function openTerminal(bin: string, folder: string, url: string) {
  // Opened by a program it has no size, and a word would be a line for each letter.
  const shell = `stty rows 40 cols 100 && exec '${process.execPath}' '${bin}' init`
  const args =
    process.platform === 'linux'
      ? ['-qec', shell, '/dev/null']
      : ['-q', '/dev/null', 'sh', '-c', shell]
  const child: ChildProcess = spawn('script', args, {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: url, JITI_FS_CACHE: 'false', TERM: 'xterm' },
    stdio: 'pipe',
  })
  started.push(child)
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('script was started without pipes')
  let raw = ''
  stdout.on('data', (chunk) => {
    raw += chunk
  })
  const text = () => stripVTControlCharacters(raw)
  const exited = once(child, 'exit')
  return {
    text,
    async shows(words: string): Promise<void> {
      while (!text().includes(words)) await once(stdout, 'data')
    },
    press: (...keys: string[]) => stdin.write(keys.join('')),
    exit: async () => (await exited)[0],
  }
}
