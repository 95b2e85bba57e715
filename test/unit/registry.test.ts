import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { CHECKS } from '../../src/checks/registry.ts'
import { ERROR_CODES } from '../../src/errors.ts'

describe('registry', () => {
  it('lists every check file once, under the name of its file', () => {
    const files = readdirSync(new URL('../../src/checks', import.meta.url), { withFileTypes: true })
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

  it('raises every declared error code in one factory', () => {
    const source = readFileSync(new URL('../../src/errors.ts', import.meta.url), 'utf8')
    const raised = [...source.matchAll(/new TenancyError\(\s*'([A-Z_.]+)'/g)].map(
      ([, code]) => code,
    )
    expect(raised.sort()).to.deep.equal([...ERROR_CODES].sort())
  })
})
