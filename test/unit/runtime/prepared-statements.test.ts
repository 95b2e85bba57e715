import { expect } from 'chai'
import { PreparedStatements } from '../../../src/runtime/prepared-statements.ts'

describe('the named statements of a connection', () => {
  it('are prepared anew half a minute later, for the types of their parameters may be others', () => {
    let now = 0
    const statements = new PreparedStatements(2, 100, () => now)
    const first = statements.use('select 1')
    now = 29_999
    expect(statements.use('select 1')).to.deep.include({ isReused: true, closes: [] })
    now = 30_001
    expect(statements.use('select 1')).to.deep.include({ isReused: false, closes: [first.name] })
    expect(statements.use('select 1')).to.deep.include({ isReused: true, closes: [] })
  })

  it('are as many as there are names for, and as long as their texts may be together', () => {
    const statements = new PreparedStatements(3, 100, () => 0)
    const texts = ['a', 'b', 'c', 'd'].map((name) => name.repeat(10))
    const [a, b] = texts.slice(0, 3).map((text) => statements.use(text).name)
    expect(statements.use('d'.repeat(10)).closes).to.deep.equal([a])
    expect(statements.use('e'.repeat(80)).closes).to.deep.equal([b])
    const long = statements.use('f'.repeat(200))
    expect(long.closes).to.have.length(3)
    expect(statements.use('g').closes).to.deep.equal([long.name])
  })
})
