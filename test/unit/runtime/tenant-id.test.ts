import { expect } from 'chai'
import { TENANT_TYPES, type TenantType } from '../../../src/config/tenant-setting.ts'
import { isTenancyError } from '../../../src/index.ts'
import { canonicalTenant } from '../../../src/runtime/tenant-id.ts'

const TEXT = ['text', 'varchar'] as const
const NUMERIC = ['integer', 'bigint'] as const
const TYPED: readonly (TenantType | undefined)[] = [...TENANT_TYPES, undefined]

const UUID = '0b5ad6a2-1111-4abc-8def-0123456789ab'

interface Row {
  readonly values: readonly unknown[]
  /** The types that take the values; every other one refuses them. */
  readonly carriedAs: readonly (TenantType | undefined)[]
  /** The value that is carried, if it is not the given one. */
  readonly spelled?: (value: unknown) => string
}

const withoutType = [...TEXT, undefined]

const TABLE: Readonly<Record<string, Row>> = {
  'an empty value': {
    values: [undefined, null, '', ' ', '\t\n', '\u00a0', '\ufeff'],
    carriedAs: [],
  },
  'a NUL character': { values: ['a\0b', '\0', '7\0'], carriedAs: [] },
  'a lone surrogate': { values: ['a\ud800', '\udc00b', '\ud800', 'x\udfffy'], carriedAs: [] },
  'white space or a BOM around it': {
    values: [' a', 'a ', '\ta', 'a\n', '\u00a0a', '\ufeffa', ' 7', '7 ', `${UUID}\n`, ` ${UUID}`],
    carriedAs: [],
  },
  'characters with a meaning in SQL or in placeholders': {
    values: [
      "o'brien",
      '"quoted"',
      'back\\slash',
      "'; drop table projects; --",
      'a;b',
      '--',
      '/*',
      '$1',
      '{a}',
      '100%',
      ':name',
      '__proto__',
      'constructor',
      'null',
      'undefined',
    ],
    carriedAs: withoutType,
  },
  'inner white space, emoji, right-to-left, bidi and zero-width marks': {
    values: ['a b', 'a\nb', 'a\r\nb', '🦊', 'שלום', 'a\u202eb', 'a\u200bb', 'a\u200db', 'a\ufeffb'],
    carriedAs: withoutType,
  },
  'composed and decomposed spelling, upper and lower case': {
    values: ['caf\u00e9', 'cafe\u0301', 'Acme', 'ACME', 'acme'],
    carriedAs: withoutType,
  },
  'text up to the cap': {
    values: ['x'.repeat(1024), '🦊'.repeat(256)],
    carriedAs: withoutType,
  },
  'text beyond the cap': {
    values: ['x'.repeat(1025), '🦊'.repeat(257), 'x'.repeat(2 ** 20), '7'.repeat(2 ** 20)],
    carriedAs: [],
  },
  'a whole number as text': {
    values: ['7', '0', '-7', '2147483647', '-2147483648'],
    carriedAs: [...withoutType, ...NUMERIC],
  },
  'a whole number as text that only bigint holds': {
    values: ['2147483648', '-2147483649', '9223372036854775807', '-9223372036854775808'],
    carriedAs: [...withoutType, 'bigint'],
  },
  'a whole number as text that no type holds': {
    values: ['9223372036854775808', '-9223372036854775809'],
    carriedAs: withoutType,
  },
  'a second spelling of a number': {
    values: ['007', '+7', '-0', '0x7', '1_000', '7.0', '7e0', '٧', '７', '7n', '0o7', '0b1'],
    carriedAs: withoutType,
  },
  'a safe integer': {
    values: [7, 0, -7, 2147483647, -2147483648],
    carriedAs: [...NUMERIC, undefined],
    spelled: String,
  },
  'minus zero': { values: [-0], carriedAs: [...NUMERIC, undefined], spelled: () => '0' },
  'a safe integer that only bigint holds': {
    values: [2147483648, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    carriedAs: ['bigint', undefined],
    spelled: String,
  },
  'a number that is no safe integer': {
    values: [Number.NaN, Infinity, -Infinity, 1.5, 2 ** 53, -(2 ** 53), 1e21],
    carriedAs: [],
  },
  'a bigint': { values: [7n, 0n, -7n], carriedAs: [...NUMERIC, undefined], spelled: String },
  'a bigint that only bigint holds': {
    values: [2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)],
    carriedAs: ['bigint', undefined],
    spelled: String,
  },
  'a bigint that no type holds': { values: [2n ** 63n, -(2n ** 63n) - 1n], carriedAs: [] },
  'a uuid of any version': {
    values: [UUID, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    carriedAs: [...withoutType, 'uuid'],
  },
  'a uuid that PostgreSQL reads and we do not': {
    values: [
      `{${UUID}}`,
      UUID.replaceAll('-', ''),
      `urn:uuid:${UUID}`,
      '0b5ad6a21-111-4abc-8def-0123456789ab',
      UUID.slice(0, -1),
      `${UUID}0`,
    ],
    carriedAs: withoutType,
  },
  'what is neither text nor a number': {
    values: [
      true,
      false,
      Symbol('acme'),
      () => 'acme',
      new Date(0),
      Buffer.from('acme'),
      ['acme'],
      [],
      {},
      { id: 'acme' },
      { toPostgres: () => 'acme' },
      { toString: () => 'acme' },
      Object('acme'),
      Object(7),
      Object(7n),
      Object.create(null),
      new Map(),
      /acme/,
    ],
    carriedAs: [],
  },
}

describe('canonicalTenant', () => {
  for (const [name, { values, carriedAs, spelled = String }] of Object.entries(TABLE)) {
    for (const type of TYPED) {
      const carried = carriedAs.includes(type)
      it(`${carried ? 'carries' : 'refuses'} ${name}, ${type ?? 'without a type'}`, () => {
        expect(values.map((value) => attempt(value, type))).to.deep.equal(
          values.map((value) => (carried ? { carried: spelled(value) } : 'TENANT.INVALID')),
        )
      })
    }
  }

  it('carries a uuid in lower case, because both spellings are one tenant', () => {
    expect(canonicalTenant(UUID.toUpperCase(), 'uuid')).to.equal(UUID)
    expect(canonicalTenant(UUID.toUpperCase(), 'text')).to.equal(UUID.toUpperCase())
  })

  it('shows the content of a refused text, shortened, and only the type of anything else', () => {
    expect(messageOf(' acme', undefined)).to.contain('" acme" has white space around it')
    expect(messageOf('x'.repeat(2 ** 20), undefined)).to.have.length.below(300)
    expect(messageOf({ password: 'hunter2' }, undefined)).to.contain('a value of type object')
    expect(messageOf({ password: 'hunter2' }, undefined)).not.to.contain('hunter2')
    expect(messageOf(['hunter2'], undefined)).to.contain('an array')
    expect(messageOf(null, undefined)).to.contain('null')
  })

  it('looks at a refused text of 1 MB for no longer than 50 ms', () => {
    const started = performance.now()
    for (const type of TYPED) attempt(`${' '.repeat(2 ** 20)}x`, type)
    for (const type of TYPED) attempt('1'.repeat(2 ** 20), type)
    expect(performance.now() - started).to.be.below(50 * TYPED.length)
  })
})

function attempt(value: unknown, type: TenantType | undefined): unknown {
  try {
    return { carried: canonicalTenant(value, type) }
  } catch (error) {
    return isTenancyError(error) ? error.code : error
  }
}

function messageOf(value: unknown, type: TenantType | undefined): string {
  try {
    return `carried as ${canonicalTenant(value, type)}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
