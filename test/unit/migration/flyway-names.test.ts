import { expect } from 'chai'
import { flywayNames } from '../../../src/migration/flyway-names.ts'

const now = new Date('2026-03-04T05:06:07.089Z')

describe('names for Flyway', () => {
  const cases: [existing: string[], versions: string[]][] = [
    [[], ['20260304050607', '20260304050608']],
    [['1__a'], ['2', '3']],
    [
      ['9__a', '10__b'],
      ['11', '12'],
    ],
    [['001__a'], ['002', '003']],
    [
      ['1.9__a', '1.10__b', '1.2__c'],
      ['1.11', '1.12'],
    ],
    [['2_1__a'], ['2_2', '2_3']],
    [['20240131120000__a'], ['20260304050607', '20260304050608']],
    [['29991231000000__a'], ['29991231000001', '29991231000002']],
    [
      ['1__a', '1.0.1__b'],
      ['1.0.2', '1.0.3'],
    ],
  ]
  for (const [existing, versions] of cases) {
    it(`come after ${existing.join(', ') || 'none'} as Flyway counts`, () => {
      expect(flywayNames(existing, ['x', 'y'], now)).to.deep.equal([
        `${versions[0]}__x`,
        `${versions[1]}__y`,
      ])
    })
  }
})
