import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ERROR_CODES } from '../../src/errors.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

describe('README', () => {
  it('explains every error code, and no other', () => {
    const [, table = ''] = /<!-- errors -->(.*)<!-- \/errors -->/s.exec(README) ?? []
    const documented = [...table.matchAll(/^\| `([A-Z_.]+)` \|/gm)].map(([, code]) => code)
    expect(documented).to.deep.equal([...ERROR_CODES].sort())
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
