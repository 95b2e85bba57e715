import { spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { assertBuilt } from '../support/built.ts'
import { startCli } from '../support/cli-process.ts'
import { withProject } from '../support/run-cli.ts'

// Exit code 1 means findings. Node ends with 1 after an error that is not caught, too.
describe('bin/kysely-tenants.js', () => {
  const LATE = `
    setImmediate(() => { throw new TypeError('too late') })
    export default { connection: 'postgres://nobody@127.0.0.1:1/none', tables: ['projects'] }`

  it('ends with 2 after an error that is not awaited, and says what to do', async () => {
    const { code, out, err } = await statusIn(LATE)
    expect({ code, out }).to.deep.equal({ code: 2, out: '' })
    expect(err).to.match(/^✖ Unexpected error: too late; .* {2}TypeError\n {2}next This is a bug/)
    expect(err).to.include('DEBUG=kysely-tenants').and.not.include('kysely-tenants.config.ts')
  })

  it('does the same for a promise that nobody awaits', async () => {
    const { code, err } = await statusIn(LATE.replace(/throw (.*) }/, 'Promise.reject($1) }'))
    expect(code).to.equal(2)
    expect(err).to.match(/^✖ Unexpected error: too late; /)
  })

  it('shows the stack with DEBUG', async () => {
    const { code, err } = await statusIn(LATE, { DEBUG: 'pg,kysely-tenants' })
    expect(code).to.equal(2)
    expect(err).to.match(/TypeError: too late\n +at .*kysely-tenants\.config\.ts/)
  })

  it('says that the output could not be written, and calls it no bug', function () {
    // A device that is always full; Linux has one.
    if (!existsSync('/dev/full')) this.skip()
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, ['bin/kysely-tenants.js', '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect({ status, stderr }).to.deep.equal({
      status: 2,
      stderr:
        '✖ The output could not be written: ENOSPC: no space left on device, write\n  next Make room for it, then run the command again.\n',
    })
  })

  it('ends with 2 when it cannot be loaded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-'))
    try {
      const bin = join(folder, 'kysely-tenants.mjs')
      cpSync('bin/kysely-tenants.js', bin)
      expect(auditWith(bin)).to.match(
        /^✖ kysely-tenants cannot be loaded: Cannot find module .*\n {2}next Install it .*: npm install kysely-tenants kysely pg\n$/,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('ends with 2 when a package is not installed that only some commands need', () => {
    assertBuilt()
    const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-'))
    try {
      for (const part of ['bin', 'dist', 'package.json']) {
        cpSync(part, join(folder, part), { recursive: true })
      }
      mkdirSync(join(folder, 'node_modules'))
      for (const name of ['chalk', 'commander', 'c12', 'fast-string-width', 'jiti']) {
        symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name))
      }
      writeFileSync(
        join(folder, 'kysely-tenants.config.json'),
        '{ "connection": "postgres://localhost/none", "tables": ["projects"] }',
      )
      expect(auditWith(join(folder, 'bin/kysely-tenants.js'), folder)).to.match(
        /^✖ The command cannot be loaded: Cannot find package 'pg' .* ERR_MODULE_NOT_FOUND\n {2}next Install .*: npm install kysely-tenants kysely pg\n$/,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

/** @returns what it says about why it could not */
function auditWith(bin: string, cwd?: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'audit'], {
    encoding: 'utf8',
    cwd,
  })
  expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' })
  return stderr
}

function statusIn(config: string, env: NodeJS.ProcessEnv = {}) {
  return withProject(config, async ({ folder }) => {
    const cli = startCli({ folder, env }, 'status')
    const { code } = await cli.ended
    return { code, out: cli.out(), err: cli.err() }
  })
}
