import { expect } from 'chai'
import type { AuditReport } from '../../../src/audit/audit.ts'
import { isAtLeast } from '../../../src/config/level.ts'
import { HIDDEN_HOLES } from '../../support/planted/hidden-holes.ts'
import type { PlantedHole } from '../../support/planted/planted-case.ts'
import {
  inPlantedDatabase,
  type Proof,
  withoutNames,
} from '../../support/planted/planted-database.ts'
import { SIBLING_DATA_HOLES } from '../../support/planted/sibling-data-holes.ts'
import { SIBLING_HOLES } from '../../support/planted/sibling-holes.ts'

const KINDS: readonly (readonly [string, string, Readonly<Record<string, PlantedHole>>])[] = [
  ['code', 'create schema closed', SIBLING_HOLES],
  ['code that nothing names', 'create schema closed', HIDDEN_HOLES],
  ['data', 'create extension postgres_fdw; create extension file_fdw', SIBLING_DATA_HOLES],
]

// The cases of a kind stand in one database, which is audited once; each is proven for itself.
describe('P13 the audit finds each of many roads in one database', () => {
  for (const [kind, before, holes] of KINDS) {
    it(`by ${kind}`, async function () {
      this.timeout(60_000)
      const { missed, found } = await inPlantedDatabase(
        Object.values(holes),
        before,
        async ({ report, prove }) => {
          const found = seriousOf(report)
          const missed: string[] = []
          for (const [title, hole] of Object.entries(holes)) {
            if (!isNamed(hole, found)) missed.push(`${title} is not found`)
            const proof = await prove(hole, hole.done)
            if (!isProven(hole, proof)) missed.push(`${title} is not proven: ${proof.answers}`)
          }
          return { missed, found }
        },
      )
      expect(missed, found.join('\n')).to.deep.equal([])
    })
  }
})

function seriousOf({ findings }: AuditReport): string[] {
  return findings
    .filter(({ level }) => isAtLeast(level, 'medium'))
    .map(({ check, object, summary }) => withoutNames(`${check} ${object}: ${summary}`))
}

function isNamed({ check, road }: PlantedHole, found: readonly string[]): boolean {
  return found.some((says) => says.startsWith(check) && says.includes(road))
}

function isProven({ shows }: PlantedHole, { answers, isDone }: Proof): boolean {
  return shows === undefined ? isDone : answers.includes(shows)
}
