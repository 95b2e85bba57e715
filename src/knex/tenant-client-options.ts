import type knexPackage from 'knex'
import type { Knex } from 'knex'
import { configInvalid } from '../errors/application.ts'
import type { Guard } from '../runtime/guard.ts'
import type { Prepare } from '../runtime/statement-names.ts'
import type { StrategyName } from '../runtime/strategies/strategy.ts'
import { strategyProblems } from '../runtime/strategies/strategy-problems.ts'
import type { Scopes } from '../runtime/tenancy.ts'
import { tenancyProblems } from '../runtime/tenancy-problems.ts'
import { isKnex } from './is-knex.ts'

/** The options of `tenantClient`. */
export interface TenantClientOptions {
  /** From `createTenancy`. */
  readonly tenancy: Scopes
  /** A plain Knex with the login of `roles.admin`, for `runAsAdmin`. Its pool is ended by its owner. */
  readonly admin?: Knex
  /**
   * Before the first statement of the pool, its login is asked for, as by `TenantDialect`.
   *
   * @default 'error'
   */
  readonly guard?: Guard
  /**
   * How a statement gets its tenant, as for `TenantDialect`.
   *
   * @default 'local'
   */
  readonly strategy?: Exclude<StrategyName, 'sequential'>
  /** For the strategy `'session'`, as for `TenantDialect`. @default false */
  readonly poolerKeepsSessions?: boolean
  /** Named prepared statements, as for `TenantDialect`. @default 'auto' */
  readonly prepare?: Prepare
  /** DISCARD ALL at the end of every lease, as for `TenantDialect`. */
  readonly reset?: 'discard-all'
  /** The copy of Knex that the instance is made with. @default the one that this package finds */
  readonly knex?: typeof knexPackage
}

const NAMES = ['local', 'set-local', 'session'] as const

/** @throws `CONFIG.INVALID` with every problem */
export function checkClientOptions(options: TenantClientOptions): void {
  const problems = [...tenancyProblems(options), ...strategyProblems(options ?? {}, NAMES)]
  if (options?.admin !== undefined && !isPostgres(options.admin)) {
    problems.push(`admin: expected a Knex with the client 'pg'`)
  }
  if (problems.length > 0) {
    throw configInvalid(problems.map((problem) => `tenantClient.${problem}`))
  }
}

function isPostgres(admin: unknown): boolean {
  return isKnex(admin) && admin.client.dialect === 'postgresql'
}
