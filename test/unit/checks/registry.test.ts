import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { CHECKS } from '../../../src/checks/registry.ts'
import { APPLICATION_ERROR_CODES, COMMAND_ERROR_CODES } from '../../../src/errors/codes.ts'

describe('registry', () => {
  it('lists every check file once, under the name of its file', () => {
    const files = readdirSync(new URL('../../../src/checks', import.meta.url), {
      withFileTypes: true,
    })
      .filter((file) => file.isFile())
      .map(({ name }) => name.replace(/\.ts$/, ''))
      .filter((name) => name !== 'check' && name !== 'registry')

    expect(CHECKS.map(({ id }) => id).sort()).to.deep.equal(files.sort())
  })

  it('holds at least 20 checks, each with its documentation and its proof', () => {
    expect(CHECKS.length).to.be.at.least(20)
    for (const { id, title, why, link, broken, fixed } of CHECKS) {
      expect(link, id).to.match(/^https:\/\/www\.postgresql\.org\/\S+$/)
      expect(id).to.match(/^[a-z]+(-[a-z]+)+$/)
      for (const text of [title, why, broken, fixed]) expect(text.trim(), id).not.to.equal('')
    }
  })

  it('raises every declared error code in one factory; of the command, in the file of its area', () => {
    const raised = [
      ...raisedIn('application.ts'),
      ...raisedIn('connection.ts'),
      ...raisedIn('pool-exhausted.ts'),
    ]
    expect(raised.sort()).to.deep.equal([...APPLICATION_ERROR_CODES].sort())

    const files = readdirSync(new URL('command', ERRORS))
    for (const file of files) {
      const area = file.replace(/\.ts$/, '').toUpperCase()
      expect(raisedIn(`command/${file}`), file).to.deep.equal(
        COMMAND_ERROR_CODES.filter((code) => code.startsWith(`${area}.`)).sort(),
      )
    }
    const areas = new Set(COMMAND_ERROR_CODES.map((code) => code.replace(/\..*/, '').toLowerCase()))
    expect(files.sort()).to.deep.equal([...areas].sort().map((area) => `${area}.ts`))
  })
})

const ERRORS = new URL('../../../src/errors/', import.meta.url)

function raisedIn(file: string): string[] {
  const source = readFileSync(new URL(file, ERRORS), 'utf8')
  return [...source.matchAll(/new TenancyError\(\s*'([A-Z_.]+)'/g)]
    .map(([, code = '']) => code)
    .sort()
}
