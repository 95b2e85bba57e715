import { expect } from 'chai'
import { shortenedName, unusedName } from '../../../src/sql/unused-name.ts'

describe('a name for something new', () => {
  it('gets a number when others have it', () => {
    const taken = ['access', 'access_new', 'access_new2', 'access_new4']
    expect(unusedName('access', '_new', [])).to.equal('access_new')
    expect(unusedName('access', '_new', taken)).to.equal('access_new3')
    expect(unusedName('own_rows', '', ['own_rows'])).to.equal('own_rows2')
  })

  it('fits into the 63 bytes that PostgreSQL keeps, and is still another one', () => {
    const stem = 'ü'.repeat(31)
    const first = unusedName(stem, '_new', [])
    const second = unusedName(stem, '_new', [first])
    expect([first, second].map((name) => Buffer.byteLength(name))).to.satisfy((sizes: number[]) =>
      sizes.every((size) => size <= 63),
    )
    expect(first).to.match(/^ü{24,25}_[0-9a-f]{8}_new$/)
    expect(second).to.match(/^ü{24,25}_[0-9a-f]{8}_new2$/)
  })

  it('keeps two long names apart that begin alike', () => {
    const long = 'a'.repeat(62)
    expect(shortenedName(`${long}b`, '_key')).not.to.equal(shortenedName(`${long}c`, '_key'))
    expect(shortenedName('a'.repeat(59), '_key')).to.equal(`${'a'.repeat(59)}_key`)
  })
})
