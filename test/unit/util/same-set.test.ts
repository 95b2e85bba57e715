import { expect } from 'chai'
import { isSameSet } from '../../../src/util/same-set.ts'

describe('isSameSet', () => {
  it('does not look at the order', () => {
    expect(isSameSet(['a', 'b'], ['b', 'a'])).to.equal(true)
  })

  it('does not count how often an entry is written', () => {
    expect(isSameSet(['a', 'a'], ['a'])).to.equal(true)
    expect(isSameSet(['a', 'a'], ['a', 'b'])).to.equal(false)
  })

  it('tells a part from the whole, in both directions', () => {
    expect(isSameSet(['a'], ['a', 'b'])).to.equal(false)
    expect(isSameSet(['a', 'b'], ['a'])).to.equal(false)
    expect(isSameSet([], [null])).to.equal(false)
  })
})
