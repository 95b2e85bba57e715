import type { Dialect, PostgresDialectConfig, PostgresPool } from 'kysely'
import { configInvalid } from '../errors/application.ts'
import type { Guard } from '../runtime/guard.ts'
import type { Prepare } from '../runtime/statement-names.ts'
import { STRATEGY_NAMES, type StrategyName } from '../runtime/strategies/strategy.ts'
import { strategyProblems } from '../runtime/strategies/strategy-problems.ts'
import { tenancyProblems } from '../runtime/tenancy-problems.ts'
import type { Tenancy } from './tenancy.ts'

interface CommonConfig {
  /** From `createTenancy`. */
  readonly tenancy: Tenancy
  /**
   * Before the first statement of the pool, its login is asked for: a superuser, BYPASSRLS, the
   * owner of a tenant table without FORCE, and a login that can `SET ROLE` to one of them is not
   * bound by row security. `'error'` refuses it, `'warn'` warns once per pool, `'off'` does not
   * ask.
   *
   * @default 'error'
   */
  readonly guard?: Guard
}

/** Over a pool of pg. */
export interface TenantPoolConfig extends CommonConfig, PostgresDialectConfig {
  readonly dialect?: never
  /** Of the login of `roles.admin`, for `runAsAdmin`: never a setting the app login could set itself. */
  readonly adminPool?: PostgresPool | (() => Promise<PostgresPool>)
  /**
   * How a statement gets its tenant.
   * - `'local'`: in the statement's own implicit transaction, one round trip; right behind every pooler
   * - `'set-local'`: `begin`, `set local`, statement and `commit` in one write; where EXECUTE on
   *   `set_config` is revoked or a SELECT of it pins the client (RDS Proxy)
   * - `'session'`: set on acquire, reset on release, three round trips; for statements that can share
   *   no transaction. Refuses to run behind a pooler (`POOLER.DETECTED`)
   * - `'sequential'`: `begin`, `set_config`, statement, `commit`, one after the other. The hooks of the
   *   pool run without a tenant, and Kysely's log shows no begin and commit
   *
   * @default 'local'
   */
  readonly strategy?: StrategyName
  /**
   * For the strategy `'session'`: the pooler in the path gives a client one server connection for as
   * long as it is connected, and resets it afterwards.
   *
   * @default false
   */
  readonly poolerKeepsSessions?: boolean
  /**
   * Named prepared statements, which save parsing and planning: row security doubles both. The tenant is
   * read when a statement is executed, so plans are shared by tenants.
   * - `'auto'`: of each direct connection the 256 texts used last, from their second use on, where a change
   *   of a table cannot make them fail: outside transactions, as the first statement of one, and again in
   *   the same one
   * - `{ max }`: every statement, the `max` texts used last. Behind a pooler that does not support them
   *   (PgBouncer before 1.21) a connection goes on without names. Not for the strategy `'sequential'`, whose
   *   transactions cannot be sent again
   * - `false`: none
   * https://www.postgresql.org/docs/current/sql-prepare.html
   *
   * @default 'auto'
   */
  readonly prepare?: Prepare
  /**
   * `'discard-all'`: DISCARD ALL at the end of every lease, off the path of the caller, for what no
   * proof can ask for: settings of your own, advisory locks, LISTEN and PREPARE in functions. What
   * connect hooks have set is put back, but for their temporary tables and LISTEN. Small reads lose
   * nearly half of their throughput. Behind a pooler it does nothing: there the pooler resets sessions.
   * https://www.postgresql.org/docs/current/sql-discard.html
   *
   * @default what is left is taken off by the next lease
   */
  readonly reset?: 'discard-all'
}

/**
 * Around any other PostgreSQL dialect, such as PGlite, postgres.js or Neon: `begin`, `set_config`, the
 * statement and `commit`, one after the other.
 */
export interface TenantWrapperConfig extends CommonConfig {
  readonly dialect: Dialect
  /** With the login of `roles.admin`, for `runAsAdmin`. */
  readonly adminDialect?: Dialect
  readonly pool?: never
  readonly adminPool?: never
  readonly strategy?: never
  readonly poolerKeepsSessions?: never
  readonly prepare?: never
  readonly reset?: never
}

/** The options of `TenantDialect`: over a pool of pg, or around another dialect. */
export type TenantDialectConfig = TenantPoolConfig | TenantWrapperConfig

export function isWrapper(config: TenantDialectConfig): config is TenantWrapperConfig {
  return 'dialect' in config
}

/** @throws `CONFIG.INVALID` with every problem */
export function checkDialectConfig(given: TenantDialectConfig): void {
  const config: TenantDialectConfig = given ?? {}
  const problems = [
    ...tenancyProblems(config),
    ...(isWrapper(config) ? wrapperProblems(config) : poolProblems(config)),
  ]
  if (problems.length > 0)
    throw configInvalid(problems.map((problem) => `TenantDialect.${problem}`))
}

function wrapperProblems(config: TenantWrapperConfig): string[] {
  const notDialects = (['dialect', 'adminDialect'] as const).filter(
    (key) => key in config && typeof config[key]?.createDriver !== 'function',
  )
  return [
    ...notDialects.map((key) => `${key}: expected a dialect of Kysely`),
    ...POOL_OPTIONS.filter((key) => key in config).map(
      (key) => `${key}: is for a pool of pg, and \`dialect\` is given`,
    ),
    ...strategyProblems({ guard: config.guard ?? 'error' }, STRATEGY_NAMES),
  ]
}

function poolProblems(config: TenantPoolConfig): string[] {
  const { pool, adminPool } = config
  const expected = 'expected a Pool of pg, or a function that returns a promise of one'
  return [
    ...(isPool(pool) ? [] : [`pool: ${expected}`]),
    ...(adminPool === undefined || isPool(adminPool) ? [] : [`adminPool: ${expected}`]),
    ...strategyProblems(config, STRATEGY_NAMES),
  ]
}

/** Told by its shape: there are pools of other packages. A client, too, has a `connect`. */
export function isPool(pool: unknown): boolean {
  if (typeof pool === 'function') return true
  if (typeof pool !== 'object' || pool === null || 'processID' in pool) return false
  return 'connect' in pool && typeof pool.connect === 'function'
}

const POOL_OPTIONS = [
  'pool',
  'adminPool',
  'strategy',
  'poolerKeepsSessions',
  'prepare',
  'reset',
] as const
