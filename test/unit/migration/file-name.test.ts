import { expect } from 'chai'
import { migrationNames } from '../../../src/migration/file-name.ts'

const now = new Date('2026-03-04T05:06:07.089Z')
const KYSELY = { first: 'milliseconds', isUnique: false, now } as const
const SQL = { first: 'date and time', isUnique: true, now } as const

describe('names of migration files', () => {
  const cases: [title: string, existing: string[], expected: string][] = [
    ['milliseconds in an empty folder', [], '1772600767089_x'],
    ['milliseconds', ['1700000000000_a'], '1772600767089_x'],
    ['seconds', ['1700000000_a'], '1772600767_x'],
    ['a compact date and time', ['20240131120000_a'], '20260304050607_x'],
    ['a compact date and time to the minute', ['202401311200_a'], '202603040506_x'],
    ['a compact date', ['20240131_a'], '20260304_x'],
    ['an ISO date', ['2024-01-31_a'], '2026-03-04_x'],
    ['a date with underscores', ['2024_01_31_a'], '2026_03_04_x'],
    ['an ISO date and time', ['2024-01-31T12-00-00_a'], '2026-03-04T05-06-07_x'],
    ['ISO to the millisecond', ['2024-01-31T12-00-00-000Z_a'], '2026-03-04T05-06-07-089Z_x'],
    ['a number', ['0001_a', '0009_b'], '0010_x'],
    ['a number before a name with digits', ['0001_2024_report'], '0002_x'],
    ['the last of two styles', ['0001_a', '20240131120000_b'], '20260304050607_x'],
  ]
  for (const [title, existing, expected] of cases) {
    it(`continue ${title}`, () => {
      expect(migrationNames(existing, ['x'], KYSELY)).to.deep.equal([expected])
    })
  }

  const odd: [existing: string[], expected: string][] = [
    [['29991231000000_a'], '29991231000001_x'],
    [['2000000000000_a'], '2000000000001_x'],
    [['9999_a'], '9999_a_x'],
    [['20260304_z'], '20260305_x'],
    [['init'], 'init_x'],
    [['1700000000000_a', '2024_b'], '2025_x'],
  ]
  for (const [existing, expected] of odd) {
    it(`come after ${existing.join(', ')} in any style`, () => {
      const [name = ''] = migrationNames(existing, ['x'], KYSELY)
      expect(name).to.equal(expected)
      expect([...existing, name].toSorted()).to.deep.equal([...existing, name])
    })
  }

  const numbered: [existing: string[], prefixes: string[]][] = [
    [[], ['20260304050607', '20260304050608', '20260304050609']],
    [['20240131120000_a'], ['20260304050607', '20260304050608', '20260304050609']],
    [['29991231000000_a'], ['29991231000001', '29991231000002', '29991231000003']],
    [['1700000000000_a'], ['1772600767089', '1772600768089', '1772600769089']],
    [['1700000000_a'], ['1772600767', '1772600768', '1772600769']],
    [
      ['0001_a', '0009_b'],
      ['0010', '0011', '0012'],
    ],
    [['20260304_a'], ['20260305', '20260306', '20260307']],
  ]
  for (const [existing, expected] of numbered) {
    it(`have numbers of their own after ${existing.join(', ') || 'none'} where a tool needs them`, () => {
      const stems = ['x_1', 'x_2', 'x_3']
      expect(migrationNames(existing, stems, SQL)).to.deep.equal(
        stems.map((stem, index) => `${expected[index]}_${stem}`),
      )
    })
  }

  it('share one prefix', () => {
    expect(migrationNames(['0001_a'], ['x_1', 'x_2'], KYSELY)).to.deep.equal([
      '0002_x_1',
      '0002_x_2',
    ])
  })
})
