import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { type Difference, testsFor } from '../support/matrix-tests.ts'

const DIFFERENCES: readonly Difference[] = ['oldest server', 'server', 'packages']

describe('the tests of the matrix', () => {
  it('are those that talk to a server, in the cells that differ in what they load', () => {
    const tests = new Map(DIFFERENCES.map((difference) => [difference, testsFor(difference)]))
    const cells = (file: string) =>
      DIFFERENCES.filter((difference) => tests.get(difference)?.includes(file))
    expect(cells('test/db/sql/quote.test.ts')).to.deep.equal(['oldest server', 'server'])
    expect(cells('test/db/checks/checks.test.ts')).to.deep.equal(['oldest server', 'server'])
    expect(cells('test/db/reach/planted-holes.test.ts')).to.deep.equal(['oldest server', 'server'])
    expect(cells('test/db/migration/starting-states.test.ts')).to.deep.equal([
      'oldest server',
      'server',
    ])
    expect(cells('test/db/runtime/residue/hooks.test.ts')).to.deep.equal([
      'oldest server',
      'server',
      'packages',
    ])
    expect(cells('test/db/faults/network.test.ts')).to.deep.equal(['oldest server', 'packages'])
    expect(cells('test/db/kysely/stream.test.ts')).to.deep.equal(['oldest server', 'packages'])
    expect(cells('test/cli/migrate-up.test.ts')).to.deep.equal(['oldest server', 'packages'])
    expect(cells('test/cli/status.test.ts')).to.deep.equal(['oldest server'])
    expect(cells('test/cli/explain.test.ts')).to.deep.equal([])
    expect(cells('test/db/runtime/wrappers.test.ts')).to.deep.equal(['packages'])
    expect(cells('test/db/migration/usual-states.test.ts')).to.deep.equal([])
  })

  it('have the long ones only where they are asked for', () => {
    const name = 'test/db/runtime/soak.test.ts'
    expect(testsFor('packages')).not.to.include(name)
    expect(testsFor('packages', { isComplete: true })).to.include(name)
    expect(existsSync(new URL('../db/runtime/pgbouncer.test.ts', import.meta.url))).to.equal(true)
  })
})
