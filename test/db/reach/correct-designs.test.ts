import { expect } from 'chai'
import { isAtLeast } from '../../../src/config/level.ts'
import { CORRECT_DESIGNS } from '../../support/planted/correct-designs.ts'
import { inPlantedDatabase, plant } from '../../support/planted/planted-database.ts'
import { SIBLING_DESIGNS } from '../../support/planted/sibling-designs.ts'
import { serverMajor } from '../../support/postgres.ts'

// An audit that cries wolf is switched off: the login is proven to see no row of B.
describe('P13 the audit finds no road where there is none', () => {
  for (const [title, design] of Object.entries(CORRECT_DESIGNS)) {
    it(title, async function () {
      this.timeout(30_000)
      const { since = 0, shows } = design
      if ((await serverMajor()) < since) return
      const { report, answers } = await plant(design)
      if (shows !== undefined) expect(answers).to.include(shows)
      expect(answers).not.to.include('SECRET-B')
      const serious = report.findings.filter(
        ({ level, check }) => isAtLeast(level, 'medium') && check !== 'server-rls-cve',
      )
      expect(serious).to.deep.equal([])
    })
  }

  it('nor in many in one database', async function () {
    this.timeout(60_000)
    const cases = Object.values(SIBLING_DESIGNS)
    const answers = await inPlantedDatabase(cases, '', async ({ report, prove }) => {
      expect(
        report.findings.filter(
          ({ level, check }) => isAtLeast(level, 'medium') && check !== 'server-rls-cve',
        ),
      ).to.deep.equal([])
      const proofs: string[] = []
      for (const planted of cases) proofs.push((await prove(planted)).answers)
      return proofs
    })
    expect(answers.join()).not.to.include('SECRET-B')
    expect(cases.filter(({ shows = '' }, i) => !answers[i]?.includes(shows))).to.deep.equal([])
  })
})
