import { literal } from '../sql/literal.ts'
import { identifier } from '../sql/quote.ts'
import type { TenantTable } from './tenant-table.ts'

type Tenancy = Pick<TenantTable, 'column' | 'type' | 'isDomain' | 'setting'>

/**
 * An expression twice: as it is written and as `pg_get_expr` shows it under
 * `search_path = pg_catalog`, the same on PostgreSQL 14–18.
 */
export interface Expression {
  readonly sql: string
  readonly deparsed: string
}

/**
 * The tenant of the statement, NULL without one.
 *
 * Once a setting was used in a session it reads `''` and never again NULL, hence `nullif`. The cast
 * names the base type without a length: a cast with one would truncate an id into another tenant.
 * https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
 */
export function currentTenant({ setting, type }: Tenancy): Expression {
  const sql = `nullif(current_setting(${literal(setting)}, true), '')`
  const deparsed = `NULLIF(current_setting(${literal(setting)}::text, true), ''::text)`
  if (isText(type)) return { sql, deparsed }
  return { sql: `${sql}::${type}`, deparsed: `(${deparsed})::${type}` }
}

/**
 * True for the rows of the tenant of the statement. `column = NULL` is never true: no tenant, no rows.
 * The sub-select is evaluated once per statement and not once per row.
 */
export function isOwnRow(table: Tenancy): Expression {
  const tenant = currentTenant(table)
  return {
    sql: `${identifier(table.column)} = (select ${tenant.sql})`,
    deparsed: `(${deparsedColumn(table)} = ( SELECT ${tenant.deparsed} AS "nullif"))`,
  }
}

/** True for rows that all tenants share: they have no tenant, and the statement has one. */
export function isSharedRow(table: Tenancy): Expression {
  const column = identifier(table.column)
  const tenant = currentTenant({ ...table, type: 'text' })
  return {
    sql: `${column} is null and (select ${tenant.sql} is not null)`,
    deparsed: `((${column} IS NULL) AND ( SELECT (${tenant.deparsed} IS NOT NULL)))`,
  }
}

/** True for rows of the own tenant and for rows of no tenant. */
export function isOwnOrSharedRow(table: Tenancy): Expression {
  const column = identifier(table.column)
  const own = isOwnRow(table)
  return {
    sql: `${column} is null or ${own.sql}`,
    deparsed: `((${column} IS NULL) OR ${own.deparsed})`,
  }
}

// varchar and domains are compared through the type that has the operator.
function deparsedColumn({ column, type, isDomain }: Tenancy): string {
  const name = identifier(column)
  if (type === 'varchar' || (isDomain && type === 'text')) return `(${name})::text`
  return isDomain ? `(${name})::${type}` : name
}

function isText(type: string): boolean {
  return type === 'text' || type === 'varchar'
}
