import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checksPage } from '../../docs/checks-page.ts'
import { CHECKS } from '../../src/checks/registry.ts'

describe('docs/checks.md', () => {
  const page = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8')

  it('is what `npm run docs` writes', () => {
    expect(page).to.equal(checksPage(CHECKS))
  })

  it('has a section for every check', () => {
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, id]) => id)
    expect(sections.toSorted()).to.deep.equal(CHECKS.map(({ id }) => id).toSorted())
  })
})
