import { expect } from 'chai'
import { nearest, suggestion } from '../../../src/util/nearest.ts'

describe('the nearest name', () => {
  it('is the one that a misspelt name means', () => {
    expect(nearest('projcets', ['tasks', 'projects'])).to.equal('projects')
    expect(nearest('projcets', ['tasks', 'users'])).to.equal(undefined)
  })

  it('ends a sentence as a question, and adds nothing when none is close', () => {
    expect(suggestion('projcets', ['projects'])).to.equal('; did you mean projects?')
    expect(suggestion('projcets', [])).to.equal('')
  })
})
