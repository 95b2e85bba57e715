import { expect } from 'chai'
import { STARTING_STATES } from '../../support/starting-states.ts'
import { goThereAndBack } from '../../support/there-and-back.ts'

// One for each kind of step; `npm run test:long` begins from all.
const USUAL = [
  'untouched',
  'no column in a child and a grandchild',
  'partitions of partitions',
  'policies of the user, and only the boundary of the tool',
  'a foreign key that cascades',
  'unique keys of every kind',
  'views that read as their owner',
]

describe('P11 from a usual starting state to enforced isolation, and back', () => {
  goThereAndBack(
    Object.fromEntries(Object.entries(STARTING_STATES).filter(([title]) => USUAL.includes(title))),
  )

  it('has one for each title', () => {
    expect(USUAL.filter((title) => !(title in STARTING_STATES))).to.deep.equal([])
  })
})
