import { expect } from 'chai'
import { sql } from 'kysely'
import type { TenantType } from '../../../src/config/tenant-setting.ts'
import { createTenancy, type TenantId } from '../../../src/index.ts'
import { STRATEGIES, strategyOptions } from '../../support/strategies.ts'
import { createWorld, openDb, type TenantDb, type TenantWorld } from '../../support/tenants.ts'

const UUID = '0b5ad6a2-1111-4abc-8def-0123456789ab'
const TEXTS = [
  "o'brien",
  "o''brien",
  '"quoted"',
  'back\\slash',
  "\\'; drop table projects; --",
  "E'\\n'",
  '$1',
  '$$',
  '{a}',
  '100%',
  ':name',
  '__proto__',
  'constructor',
  'null',
  '007',
  '+7',
  '-0',
  'a b',
  'a\nb',
  'a\r\nb',
  '🦊',
  'שלום',
  'a\u202eb',
  'a\u200bb',
  'caf\u00e9',
  'cafe\u0301',
  UUID.toUpperCase(),
  `{${UUID}}`,
  'x'.repeat(1024),
  '🦊'.repeat(256),
]

/** An id, and the value that the server has to hold: without one, the id itself. */
const CARRIED: Readonly<Record<TenantType, readonly (readonly [TenantId, string?])[]>> = {
  text: TEXTS.map((id) => [id]),
  varchar: TEXTS.map((id) => [id]),
  uuid: [[UUID], [UUID.toUpperCase(), UUID], ['00000000-0000-0000-0000-000000000000']],
  integer: [[7, '7'], [-0, '0'], ['-7'], [2147483647, '2147483647'], [-2147483648n, '-2147483648']],
  bigint: [
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2n ** 63n - 1n, '9223372036854775807'],
    [-(2n ** 63n), '-9223372036854775808'],
    ['9223372036854775807'],
  ],
}

const REFUSED: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  '\t',
  'a\0b',
  '\ud800',
  Number.NaN,
  Infinity,
  1.5,
  1e21,
  2 ** 53,
  2n ** 63n,
  -(2n ** 63n) - 1n,
  {},
  [],
  ['acme'],
  { toString: () => 'acme' },
  true,
  { toPostgres: () => 'acme' },
  Object('acme'),
  Symbol('acme'),
  Buffer.from('acme'),
  'x'.repeat(2 ** 20),
  JSON.parse('{ "__proto__": { "tenant": "acme" } }'),
]

describe('P4 tenant ids on the server', () => {
  let world: TenantWorld

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())

  const withApp = async (options: object, type: TenantType, body: (app: TenantDb) => unknown) => {
    const tenancy = createTenancy({ tenant: { type }, tables: ['projects'] })
    const app = openDb(world, { tenancy, dialect: options })
    try {
      await body(app)
    } finally {
      await app[Symbol.asyncDispose]()
    }
  }

  for (const strategy of STRATEGIES) {
    for (const [type, ids] of Object.entries(CARRIED)) {
      it(`are carried exactly, as ${type}, strategy ${strategy}`, () =>
        withApp(strategyOptions(strategy), type as TenantType, async ({ db, tenancy }) => {
          for (const [id, spelled = String(id)] of ids) {
            const { rows } = await tenancy.run(id, () =>
              sql`select current_setting('app.tenant_id') as text,
                current_setting('app.tenant_id')::${sql.raw(type)}::text as typed`.execute(db),
            )
            expect(rows).to.deep.equal([{ text: spelled, typed: spelled }])
          }
        }))
    }
  }

  it('are refused before a connection is taken, where they would not be carried exactly', () =>
    withApp({}, 'text', async ({ db, tenancy, pool }) => {
      for (const id of REFUSED) {
        const read = () => sql`select 1`.execute(db)
        expect(() => tenancy.run(id as string, read)).to.throw('The tenant id is refused')
        expect(() => tenancy.forTenant(db, id as string)).to.throw('The tenant id is refused')
      }
      expect(pool.totalCount).to.equal(0)
    }))
})
