import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ERROR_CODES } from '../../src/errors.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

const ERRORS_OF_THE_COMMAND = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

/** In the order of the page. */
function codesIn(page: string): string[] {
  const [, table = ''] = /<!-- errors -->(.*)<!-- \/errors -->/s.exec(page) ?? []
  return [...table.matchAll(/^\| `([A-Z_.]+)` \|/gm)].map(([, code = '']) => code)
}

describe('README', () => {
  it('explains with docs/errors.md every error code, and no other', () => {
    const pages = [codesIn(README), codesIn(ERRORS_OF_THE_COMMAND)]
    for (const codes of pages) expect(codes).to.deep.equal(codes.toSorted())
    expect(pages.flat().sort()).to.deep.equal([...ERROR_CODES].sort())
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
