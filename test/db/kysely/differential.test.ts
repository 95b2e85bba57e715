import { expect } from 'chai'
import { fuzz } from '../../fuzz/fuzz.ts'
import { createFuzzWorld } from '../../fuzz/world.ts'

// `npm run fuzz` tries 100,000. A failure prints its seed and the smallest statement that fails.
describe('P7 2,000 random statements', () => {
  it('give the same with and without row security, with and without the predicate', async () => {
    await using world = await createFuzzWorld()
    const tally = await fuzz(world, { runs: 2000 })
    process.stdout.write(`      ${JSON.stringify(tally)}\n`)
    expect(tally.statements).to.equal(2000)
    // They reach what they are about.
    expect(tally.errors).to.be.lessThan(400)
    expect(tally.withRows).to.be.greaterThan(800)
    expect(tally.covered).to.be.greaterThan(300)
  }).timeout(120_000)
})
