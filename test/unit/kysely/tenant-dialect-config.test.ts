import { expect } from 'chai'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import {
  createTenancy,
  type Tenancy,
  TenantDialect,
  type TenantDialectConfig,
  TenantPlugin,
} from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'

const tenancy: Tenancy = createTenancy({ tables: ['projects'] })
const pool = new pg.Pool()

/** The problems that the constructor names, or none. */
function problemsOf(options: object): string[] {
  try {
    new TenantDialect({ tenancy, ...options } as TenantDialectConfig)
    return []
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    expect(code).to.equal('CONFIG.INVALID')
    return message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
}

describe('TenantDialect', () => {
  it('takes every strategy, and names for all that can send a statement again', () => {
    for (const strategy of ['local', 'set-local', 'session']) {
      expect(problemsOf({ pool, strategy, prepare: { max: 1 } })).to.deep.equal([])
    }
    expect(problemsOf({ pool, strategy: 'sequential' })).to.deep.equal([])
    expect(problemsOf({ pool, strategy: 'session', poolerKeepsSessions: true })).to.deep.equal([])
    expect(problemsOf({ dialect: new PostgresDialect({ pool }) })).to.deep.equal([])
  })

  it('names a tenancy, a pool and a dialect that are none', () => {
    const noTenancy = 'TenantDialect.tenancy: expected what createTenancy returns'
    const expected = 'expected a Pool of pg, or a function that returns a promise of one'
    expect(problemsOf({ pool, tenancy: undefined })).to.deep.equal([noTenancy])
    for (const given of [undefined, {}, 'postgres://localhost', new pg.Client()]) {
      expect(problemsOf({ pool: given })).to.deep.equal([`TenantDialect.pool: ${expected}`])
    }
    expect(problemsOf({ pool, adminPool: 'postgres://localhost' })).to.deep.equal([
      `TenantDialect.adminPool: ${expected}`,
    ])
    expect(problemsOf({ dialect: 'pg', guard: 'eror' })).to.deep.equal([
      'TenantDialect.dialect: expected a dialect of Kysely',
      "TenantDialect.guard: expected one of error, warn, off, got 'eror'",
    ])
    expect(() => new TenantPlugin(undefined as never)).to.throw(
      'TenantPlugin.tenancy: expected what createTenancy returns',
    )
  })

  it('says so when the function of the pool resolves to none', async () => {
    const dialect = new TenantDialect({ tenancy, pool: async () => ({}) as pg.Pool })
    const db = new Kysely<object>({ dialect })
    const { code } = await failure(tenancy.run('acme', () => sql`select 1`.execute(db)))
    expect(code).to.equal('DIALECT.UNSUPPORTED_POOL')
  })

  it('names every problem of its options at once', () => {
    expect(
      problemsOf({
        pool,
        strategy: 'global',
        poolerKeepsSessions: true,
        prepare: { max: 0.5 },
        reset: 'all',
      }),
    ).to.deep.equal([
      "TenantDialect.strategy: expected one of local, set-local, session, sequential, got 'global'",
      "TenantDialect.poolerKeepsSessions: is for the strategy 'session'",
      'TenantDialect.prepare.max: expected a whole number above 0, got 0.5',
      "TenantDialect.reset: expected 'discard-all', got 'all'",
    ])
    expect(problemsOf({ pool, strategy: 'sequential', prepare: { max: 8 } })).to.deep.equal([
      "TenantDialect.prepare: not with the strategy 'sequential', which cannot send a statement again",
    ])
    const dialect = new PostgresDialect({ pool })
    expect(problemsOf({ dialect, pool, strategy: 'local', reset: 'discard-all' })).to.deep.equal([
      'TenantDialect.pool: is for a pool of pg, and `dialect` is given',
      'TenantDialect.strategy: is for a pool of pg, and `dialect` is given',
      'TenantDialect.reset: is for a pool of pg, and `dialect` is given',
    ])
  })
})
