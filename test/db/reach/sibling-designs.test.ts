import { expect } from 'chai'
import { isAtLeast } from '../../../src/config/level.ts'
import { inPlantedDatabase } from '../../support/planted/planted-database.ts'
import { SIBLING_DESIGNS } from '../../support/planted/sibling-designs.ts'

describe('P13 the audit finds no road where there is none', () => {
  it('in many designs in one database', async function () {
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
