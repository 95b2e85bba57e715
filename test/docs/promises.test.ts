import { readFileSync } from 'node:fs'
import { expect } from 'chai'

const DOCS = new URL('../../docs/', import.meta.url)

describe('docs/promises.md', () => {
  const page = readFileSync(new URL('promises.md', DOCS), 'utf8')
  const lines = page.split('\n').filter((line) => /^- \*\*P\d/.test(line))

  it('has one line for each promise', () => {
    const ids = lines.map((line) => /P\d+/.exec(line)?.[0])
    expect(ids).to.deep.equal(Array.from({ length: 16 }, (_, index) => `P${index + 1}`))
  })

  it('has tests for each promise', () => {
    expect(lines.filter((line) => !line.includes('.test.ts)'))).to.deep.equal([])
  })

  for (const line of lines) {
    const [id = ''] = /P\d+/.exec(line) ?? []
    for (const [, file = ''] of line.matchAll(/\]\(([^)]+\.test\.ts)\)/g)) {
      it(`${id} is named by a title in ${file.replace('../', '')}`, () => {
        const text = readFileSync(new URL(file, DOCS), 'utf8')
        const title = new RegExp(`\\b(?:it|describe\\w*)\\(\\s*['"\`][^'"\`\n]*\\b${id}\\b`)
        expect(title.test(text)).to.equal(true)
      })
    }
  }
})
