import { expect } from 'chai'
import { isAtLeast } from '../../../src/config/level.ts'
import { DATA_HOLES } from '../../support/planted/data-holes.ts'
import { DEFINER_HOLES } from '../../support/planted/definer-holes.ts'
import { KEY_HOLES } from '../../support/planted/key-holes.ts'
import type { PlantedHole } from '../../support/planted/planted-case.ts'
import { plant, withoutNames } from '../../support/planted/planted-database.ts'
import { ROLE_HOLES } from '../../support/planted/role-holes.ts'
import { TRIGGER_HOLES } from '../../support/planted/trigger-holes.ts'
import { VIEW_HOLES } from '../../support/planted/view-holes.ts'
import { serverMajor } from '../../support/postgres.ts'

const HOLES: Readonly<Record<string, Readonly<Record<string, PlantedHole>>>> = {
  'code that runs as its owner': DEFINER_HOLES,
  'code that nobody calls': TRIGGER_HOLES,
  'views and parents': VIEW_HOLES,
  'actions of foreign keys': KEY_HOLES,
  'roles that the login becomes': ROLE_HOLES,
  'data beside the tenant tables': DATA_HOLES,
}

// Each hole is proven by the login of the application before the audit is believed.
describe('P13 the audit finds the road to rows of another tenant', () => {
  for (const [kind, holes] of Object.entries(HOLES)) {
    describe(kind, () => {
      for (const [title, hole] of Object.entries(holes)) {
        it(`by ${title}`, async function () {
          this.timeout(30_000)
          const { since = 0, until = Number.POSITIVE_INFINITY, shows, done } = hole
          const major = await serverMajor()
          // The server has no such thing to plant.
          if (major < since || major > until) return
          const { report, answers, isDone } = await plant(hole, done)
          if (shows !== undefined) expect(answers).to.include(shows)
          else expect(isDone, answers).to.equal(true)

          const found = report.findings
            .filter(({ level }) => isAtLeast(level, 'medium'))
            .map(({ check, object, summary }) => ({ check, says: `${object}: ${summary}` }))
          const named = found.filter(({ check }) => check === hole.check)
          expect(
            named.map(({ says }) => withoutNames(says)).join('\n'),
            JSON.stringify(found, null, 2),
          ).to.include(hole.road)
        })
      }
    })
  }
})
