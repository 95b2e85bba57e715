import { expect } from 'chai'
import { isAtLeast } from '../../../src/config/level.ts'
import { CORRECT_DESIGNS } from '../../support/planted/correct-designs.ts'
import { plant } from '../../support/planted/planted-database.ts'
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
})
