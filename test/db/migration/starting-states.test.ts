import { expect } from 'chai'
import { STARTING_STATES } from '../../support/starting-states.ts'
import { goThereAndBack } from '../../support/there-and-back.ts'

describe('P11 from any starting state to enforced isolation, and back', () => {
  goThereAndBack(STARTING_STATES)

  it('covers at least forty', () => {
    expect(Object.keys(STARTING_STATES).length).to.be.at.least(40)
  })
})
