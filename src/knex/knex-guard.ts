import { tenantMissing } from '../errors/application.ts'
import { connectionForeign } from '../errors/connection.ts'
import { type FindTable, namedTables } from '../runtime/named-tables.ts'
import type { RuntimeConfig } from '../runtime/runtime-config.ts'
import type { Scope } from '../runtime/scope.ts'
import { assertWrittenTenants } from '../runtime/written-tenants.ts'
import { isKnexConnection, type KnexConnection } from './knex-connection.ts'
import type { KnexBuilder, KnexClient, KnexCompiler } from './knex-shapes.ts'
import { columnName, QueryTables } from './query-tables.ts'

/**
 * Refuses, before a connection is taken, what the database would refuse or leave empty anyway. Isolation
 * does not depend on it, and raw SQL passes it by.
 */
export class KnexGuard {
  readonly #config: RuntimeConfig
  readonly #find: FindTable
  // Knex compiles without a pause, so there is one at a time.
  #tables: QueryTables | undefined

  constructor(config: RuntimeConfig) {
    this.#config = config
    this.#find = namedTables(config)
  }

  /** @throws `TENANT.MISSING` and `TENANT.MISMATCH` */
  check(client: KnexClient, builder: KnexBuilder, scope: Scope): void {
    if (builder._single === undefined || scope.kind === 'admin') return
    if (scope.kind === 'tenant') this.#checkWritten(client, builder, scope)
    else this.#checkTables(client, builder)
  }

  watch(builder: KnexBuilder, compiler: KnexCompiler): KnexCompiler {
    return this.#tables?.watch(builder, compiler) ?? compiler
  }

  #checkTables(client: KnexClient, builder: KnexBuilder): void {
    this.#tables = new QueryTables(client)
    try {
      const table = this.#tables.of(builder).find(this.#find)
      if (table) throw tenantMissing(`A query on ${table.name}`)
    } finally {
      this.#tables = undefined
    }
  }

  #checkWritten(client: KnexClient, builder: KnexBuilder, scope: Scope): void {
    const written = writtenRows(builder)
    if (written.length === 0) return
    const [target] = new QueryTables(client).target(builder)
    const table = target && this.#find(target)
    if (!table) return
    const isTenant = (key: string) =>
      columnName(client, key.slice(key.lastIndexOf('.') + 1), builder) === table.column
    const values = written.flatMap((row) =>
      Object.entries(row).flatMap(([key, value]) =>
        isTenant(key) && isLiteral(value) ? [value] : [],
      ),
    )
    assertWrittenTenants(values, scope, this.#config)
  }
}

/**
 * The connection that a builder or a transaction was given by hand.
 *
 * @throws `CONNECTION.FOREIGN` for one that carries no tenant
 */
export function assertOwnConnection(connection: unknown): asserts connection is KnexConnection {
  if (!isKnexConnection(connection)) throw connectionForeign()
}

type Row = Readonly<Record<string, unknown>>

/** The rows of `insert`, of `update` and of `onConflict().merge()`. */
function writtenRows({ _single: single, _method: method }: KnexBuilder): Row[] {
  if (!single) return []
  if (method === 'update') return rowsOf(single.update)
  return method === 'insert' ? [...rowsOf(single.insert), ...rowsOf(single.merge?.updates)] : []
}

function rowsOf(written: unknown): Row[] {
  if (Array.isArray(written)) return written.flatMap(rowsOf)
  if (typeof written !== 'object' || written === null) return []
  return 'toSQL' in written ? [] : [written as Row]
}

/** Expressions and subqueries are the database's to judge. */
function isLiteral(value: unknown): boolean {
  return (
    value !== null &&
    value !== undefined &&
    typeof value !== 'object' &&
    typeof value !== 'function'
  )
}
