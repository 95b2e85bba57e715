import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { APPLICATION_ERROR_CODES, COMMAND_ERROR_CODES } from '../../src/errors/codes.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

const ERRORS_OF_THE_COMMAND = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

/** In the order of the page. */
function codesIn(page: string): string[] {
  const [, table = ''] = /<!-- errors -->(.*)<!-- \/errors -->/s.exec(page) ?? []
  return [...table.matchAll(/^\| `([A-Z_.]+)` \|/gm)].map(([, code = '']) => code)
}

describe('README', () => {
  it('explains every error code of an application, and docs/errors.md every one of the command', () => {
    expect(codesIn(README)).to.deep.equal([...APPLICATION_ERROR_CODES].sort())
    expect(codesIn(ERRORS_OF_THE_COMMAND)).to.deep.equal([...COMMAND_ERROR_CODES].sort())
  })

  it('shows the two commands for a fresh machine', () => {
    expect(README).to.include('npm ci && npm run demo\nnpm ci && npm test\n')
  })

  it('needs less than 60 lines from install to use', () => {
    const install = README.slice(README.indexOf('## Install'), README.indexOf('## Commands'))
    const code = [...install.matchAll(/```\w+\n(.*?)```/gs)].flatMap(([, text = '']) =>
      text.trimEnd().split('\n'),
    )
    expect(code.length).to.be.greaterThan(20).and.lessThan(60)
  })
})
