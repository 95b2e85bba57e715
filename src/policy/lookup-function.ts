import { createHash } from 'node:crypto'
import type { FunctionState } from '../catalog/function-state.ts'
import type { TenantType } from '../config/tenant-setting.ts'
import { literal } from '../sql/literal.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'

/** A function that gives the tenant of a key: the name is the function's, `table` the one that it reads. */
export interface LookupFunction extends TableName {
  readonly table: TableName
  /** The table as `from` names it. */
  readonly from: string
  readonly by: string
  /** As PostgreSQL writes the type of the key. */
  readonly keyType: string
  /** The schema of the operator `=` that compares keys: a path that is pinned finds no other. */
  readonly equality: string
  readonly tenantColumn: string
  readonly tenantType: TenantType
  readonly many: boolean
  /** Owns the function: its policy shows every tenant. */
  readonly owner: string
  /** The logins of the application; no other role calls it. */
  readonly callers: readonly string[]
}

/** The comment of the functions that the tool owns: it drops and replaces no others. */
const MARKER = 'Written by kysely-tenants: a lookup.'

// PostgreSQL plans a body when it is made: with the policies, and not with `row_security = off`, which migrations
// have and callers may have.
const SETTINGS = ['search_path=pg_catalog, pg_temp', 'row_security=on']

/** The tool made it, as it is now or as it was before it was changed. */
export function isLookup({ comment }: Pick<FunctionState, 'comment'>): boolean {
  return comment === MARKER
}

/** The name in the catalog: `public."tenantOfHost"(key text)`. */
export function lookupSignature(lookup: LookupFunction): string {
  return `${qualifiedName(lookup)}(key ${lookup.keyType})`
}

// On one line: a file indents the lines of a statement, and the hash of the body would change.
function bodyOf({ from, by, equality, tenantColumn, many }: LookupFunction): string {
  const tenant = `t.${identifier(tenantColumn)}`
  const condition = `t.${identifier(by)} operator(${identifier(equality)}.=) $1`
  return many
    ? `select distinct ${tenant} from ${from} t where ${condition} and ${tenant} is not null`
    : `select ${tenant} from ${from} t where ${condition}`
}

function resultOf({ tenantType, many }: LookupFunction): string {
  const type = tenantType === 'varchar' ? 'character varying' : tenantType
  return many ? `SETOF ${type}` : type
}

/** Creates the function, keeps it to its callers, and gives it to its owner at last. */
export function createLookup(lookup: LookupFunction): string {
  return [
    `create function ${lookupSignature(lookup)} returns ${resultOf(lookup).replace('SETOF', 'setof')}`,
    '  language sql stable strict parallel safe security definer',
    '  set search_path = pg_catalog, pg_temp set row_security = on',
    `  as ${literal(bodyOf(lookup))}`,
  ].join('\n')
}

/** @param others roles that get EXECUTE on new functions by default */
export function keepLookup(lookup: LookupFunction, others: readonly string[] = []): string[] {
  const name = `function ${lookupSignature(lookup)}`
  const all = ['public', ...others.map(identifier)].join(', ')
  return [
    `revoke execute on ${name} from ${all}`,
    `grant execute on ${name} to ${lookup.callers.map(identifier).join(', ')}`,
    `comment on ${name} is ${literal(MARKER)}`,
  ]
}

export function giveLookup(lookup: LookupFunction): string {
  return `alter function ${lookupSignature(lookup)} owner to ${identifier(lookup.owner)}`
}

export function dropLookup({
  signature,
  ifExists = false,
}: {
  readonly signature: string
  readonly ifExists?: boolean
}): string {
  return `drop function ${ifExists ? 'if exists ' : ''}${signature}`
}

/**
 * The statements that bring back a function of the tool as the snapshot has it.
 *
 * @param byDefault roles that get EXECUTE on new functions by default
 */
export function recreateLookup(fn: FunctionState, byDefault: readonly string[] = []): string[] {
  const { signature, definition, grantees, owner, comment } = fn
  const others = grantees.filter((grantee) => grantee !== null && grantee !== owner)
  const surplus = [
    ...(grantees.includes(null) ? [] : ['public']),
    ...byDefault.filter((role) => !grantees.includes(role)).map(identifier),
  ]
  return [
    // It is as good as it was: PostgreSQL does not look into its body.
    'set local check_function_bodies = off',
    (definition ?? '').trim(),
    ...(surplus.length === 0
      ? []
      : [`revoke execute on function ${signature} from ${surplus.join(', ')}`]),
    ...(others.length === 0
      ? []
      : [
          `grant execute on function ${signature} to ${others.map((role) => identifier(role ?? '')).join(', ')}`,
        ]),
    `comment on function ${signature} is ${literal(comment ?? '')}`,
    `alter function ${signature} owner to ${identifier(owner)}`,
  ]
}

/** What is not as it should be, in words; empty for the function that the tool wrote. */
export function lookupDifferences(lookup: LookupFunction, fn: FunctionState): string[] {
  const grantees = fn.grantees.filter((grantee) => grantee !== fn.owner)
  const isSame = (one: readonly unknown[], other: readonly unknown[]) =>
    one.length === other.length && one.every((each) => other.includes(each))
  const hash = createHash('md5').update(bodyOf(lookup)).digest('hex')
  const facts: readonly (readonly [boolean, string])[] = [
    [isLookup(fn), 'was not made by kysely-tenants'],
    [fn.bodyHash === hash && fn.language === 'sql', 'has another body'],
    [fn.owner === lookup.owner, `belongs to ${fn.owner}, not to ${lookup.owner}`],
    [isSame(grantees, lookup.callers), `may be called by ${namesOf(grantees)}`],
    [isSame(fn.settings, SETTINGS), `has ${fn.settings.join(', ') || 'no search_path'}`],
    [fn.securityDefiner, 'runs as its caller'],
    [fn.result === resultOf(lookup), `returns ${fn.result}, not ${resultOf(lookup)}`],
    [
      fn.isStrict && !fn.leakproof && fn.parallelSafe && fn.volatility === 'stable',
      'has other options',
    ],
  ]
  return facts.flatMap(([holds, difference]) => (holds ? [] : [difference]))
}

function namesOf(grantees: readonly (string | null)[]): string {
  return grantees.map((grantee) => grantee ?? 'every role').join(', ') || 'no role'
}
