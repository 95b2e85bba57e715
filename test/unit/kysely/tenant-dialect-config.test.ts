import { expect } from 'chai'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import {
  createTenancy,
  type Tenancy,
  TenantDialect,
  type TenantDialectConfig,
} from '../../../src/index.ts'

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
