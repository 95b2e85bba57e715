import { expect } from 'chai'
import { retryLocked } from '../../../../src/cli/migrate/retry-locked.ts'

describe('retryLocked', () => {
  const outcomeOf = (code: string) => ({ error: Object.assign(new Error('no luck'), { code }) })

  async function run(outcomes: readonly { error?: unknown }[]) {
    const said: string[] = []
    let tries = 0
    const outcome = await retryLocked(async () => outcomes[tries++] ?? outcomes.at(-1) ?? {}, {
      nameOf: () => 'a migration',
      say: (text) => said.push(text),
      firstDelay: 0,
    })
    return { outcome, tries, said }
  }

  it('gives up a lock that never comes after ten tries, and gives the last error', async () => {
    const never = outcomeOf('55P03')
    const { outcome, tries, said } = await run([never])
    expect(outcome).to.equal(never)
    expect(tries).to.equal(10)
    expect(said).to.deep.equal(
      Array.from(
        { length: 9 },
        (_, n) => `a migration: no luck; rolled back, try ${n + 2} of 10 in 0.0 s.`,
      ),
    )
  })

  it('goes on when the lock is there, or a deadlock is over', async () => {
    const { outcome, tries } = await run([outcomeOf('55P03'), outcomeOf('40P01'), {}])
    expect({ outcome, tries }).to.deep.equal({ outcome: {}, tries: 3 })
  })

  it('repeats nothing else', async () => {
    expect((await run([outcomeOf('23505')])).tries).to.equal(1)
  })
})
