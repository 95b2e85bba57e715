import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { FILE, GOLDEN, inProject, readConfig, useInitDatabase } from '../support/init-database.ts'

describe('init on a terminal', () => {
  const database = useInitDatabase()

  it('asks what the catalog leaves open, and writes what was answered', () =>
    inProject(async (project) => {
      const terminal = openTerminal()
      const run = project.runAt(terminal, 'init', '--url', database.owner)
      await terminal.answer('Which login does the application use?', ENTER)
      await terminal.answer('Which tables have rows without a tenant', SPACE, ENTER)
      await terminal.answer('Which logins see every tenant?', SPACE, ENTER)
      await terminal.answer(`Write ${FILE}?`, ENTER)
      expect(await run).to.deep.equal({
        code: 0,
        out: `${FILE}\n`,
        err: 'Review it, then run `kysely-tenants migrate:rls`.\n',
      })
      expect(terminal.shown()).to.include('tables  7, 1 of them get the column')
      expect(database.told(readConfig(project))).to.equal(readFileSync(GOLDEN, 'utf8'))
    }))

  it('asks for the database when nobody names one', () =>
    inProject(async (project) => {
      const terminal = openTerminal()
      const run = project.runAt(
        terminal,
        'init',
        '--dry-run',
        ...database.roles(),
        '--shared',
        'templates',
      )
      await terminal.answer('Which database?', database.owner, ENTER)
      const { code, out } = await run
      expect({ code, out: database.told(out) }).to.deep.equal({
        code: 0,
        out: readFileSync(GOLDEN, 'utf8'),
      })
    }))

  it('asks nothing with --yes', () =>
    inProject(async (project) => {
      const terminal = openTerminal()
      const { code } = await project.runAt(
        terminal,
        'init',
        '--yes',
        '--url',
        database.owner,
        ...database.roles(),
      )
      expect({ code, shown: terminal.shown() }).to.deep.equal({ code: 0, shown: '' })
    }))

  it('writes nothing when the terminal is closed', () =>
    inProject(async (project) => {
      const terminal = openTerminal()
      const run = project.runAt(terminal, 'init', '--url', database.owner)
      await terminal.answer('Which login does the application use?')
      terminal.input.end()
      expect(await run).to.have.property('code', 2)
      expect(existsSync(join(project.folder, FILE))).to.equal(false)
    }))

  for (const [what, key] of Object.entries({ 'Ctrl-C': '\x03', 'Ctrl-D': '\x04', 'a no': 'n' })) {
    it(`writes nothing after ${what}`, () =>
      inProject(async (project) => {
        const terminal = openTerminal()
        const flags = ['--url', database.owner, ...database.roles(), '--shared', 'templates']
        const run = project.runAt(terminal, 'init', ...flags)
        await terminal.answer(`Write ${FILE}?`, key)
        expect(await run).to.deep.equal({
          code: 2,
          out: '',
          err: `✖ The questions were not answered to the end; nothing was written.  INIT.CANCELLED
  next Run it again, or pass the answers as flags: \`kysely-tenants init --help\`.
`,
        })
        expect(existsSync(join(project.folder, FILE))).to.equal(false)
      }))
  }
})

const ENTER = '\r'
const SPACE = ' '

/** A terminal whose keys a test presses. */
function openTerminal() {
  const input = new PassThrough()
  const output = new PassThrough()
  let shown = ''
  output.on('data', (chunk) => {
    shown += stripVTControlCharacters(String(chunk))
  })
  return {
    input,
    output,
    shown: () => shown,
    async answer(question: string, ...keys: string[]): Promise<void> {
      while (!shown.includes(question)) await once(output, 'data')
      for (const key of keys) input.write(key)
    },
  }
}
