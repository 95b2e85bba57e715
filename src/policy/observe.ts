import { createHash } from 'node:crypto'
import { literal } from '../sql/literal.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { currentTenant, type Expression, isOwnRow } from './current-tenant.ts'
import type { TenantTable } from './tenant-table.ts'

const NAME = 'kt_observe'

// The body stays on one line: a file indents the lines of a statement, and its hash would change.
const BODY = [
  `begin raise log 'kysely-tenants: % was reached without a tenant by % (application_name "%")',`,
  `observed, current_user, current_setting('application_name'); return true; end`,
].join(' ')

/** The name in the catalog. The function takes no text, so that no caller chooses what it logs. */
function signature(schema: string): string {
  return `${identifier(schema)}.${NAME}(observed regclass)`
}

interface KnownFunction {
  readonly schema: string
  readonly signature: string
  readonly bodyHash: string
}

/** The function is the one that the tool made, and not another of its name. */
export function isObserver(known: KnownFunction): boolean {
  return (
    known.signature === signature(known.schema) &&
    known.bodyHash === createHash('md5').update(BODY).digest('hex')
  )
}

/** The policy lets a statement without a tenant pass, and logs it. */
export function isObserving({ functions }: { readonly functions: readonly string[] }): boolean {
  return functions.some((called) => called.endsWith(`${NAME}(observed regclass)`))
}

/** VOLATILE, because the function writes; it runs as the caller, whom it logs, and always returns true. */
export function createObserver(schema: string): string {
  return [
    `create function ${identifier(schema)}.${NAME}(observed regclass) returns boolean`,
    '  language plpgsql volatile parallel restricted',
    '  set search_path = pg_catalog, pg_temp',
    `  as ${literal(BODY)}`,
  ].join('\n')
}

/** Takes the function from `public` and gives it to the roles that the policies are for. */
export function keepObserverTo(schema: string, roles: readonly string[]): string[] {
  if (roles.length === 0) return []
  return [
    `revoke execute on function ${signature(schema)} from public`,
    ...grantObserver(schema, roles),
  ]
}

export function grantObserver(schema: string, roles: readonly string[]): string[] {
  if (roles.length === 0) return []
  return [`grant execute on function ${signature(schema)} to ${roles.map(identifier).join(', ')}`]
}

export function dropObserver(
  schema: string,
  { ifExists = false }: { ifExists?: boolean } = {},
): string {
  return `drop function ${ifExists ? 'if exists ' : ''}${signature(schema)}`
}

/**
 * True for the rows of the tenant. Without a tenant it is true for every row, and logs the statement. Each
 * sub-select is evaluated at most once a statement, and the last one only where there is no tenant.
 */
export function isObservedRow(table: TenantTable, schema: string): Expression {
  const own = isOwnRow(table)
  const tenant = currentTenant({ ...table, type: 'text' })
  const name = qualifiedName(table)
  const call = (quoted: string) => `${identifier(schema)}.${NAME}(${quoted}::regclass)`
  // PostgreSQL deparses no E''.
  const logged = call(`'${name.replaceAll("'", "''")}'`)
  return {
    sql: `${own.sql} or ((select ${tenant.sql} is null) and (select ${call(literal(name))}))`,
    deparsed: `(${own.deparsed} OR (( SELECT (${tenant.deparsed} IS NULL)) AND ( SELECT ${logged} AS ${NAME})))`,
  }
}
