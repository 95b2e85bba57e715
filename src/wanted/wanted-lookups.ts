import { findRelation, rowsOf } from '../catalog/find-relation.ts'
import type { FunctionState } from '../catalog/function-state.ts'
import type { IndexState } from '../catalog/index-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config, ConfigLookup } from '../config/config.ts'
import { lookupSchema } from '../config/lookup-schema.ts'
import {
  isLookup,
  type LookupFunction,
  lookupDifferences,
  lookupSignature,
} from '../policy/lookup-function.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { suggestion } from '../util/nearest.ts'
import { namedRelation } from './listed-tables.ts'
import type { Wanted } from './wanted.ts'

/**
 * The functions that the lookups of the config ask for.
 *
 * @param tables the tenant tables, those too whose column is still to be added
 */
export function wantedLookups(
  config: Config,
  snapshot: Snapshot,
  { tables, problems }: { readonly tables: readonly TenantTable[]; readonly problems: string[] },
): LookupFunction[] {
  const { roles, schemas, lookups } = config
  const [owner] = roles.admin
  return lookups.flatMap((lookup) => {
    const { name, by, many } = lookup
    // A table that is missing is a problem of its own.
    const relation = namedRelation(lookup.table, { config, snapshot, problems: [] })
    if (!relation || !owner) return []
    const column = relation.columns.find((each) => each.name === by)
    const found = problemOf(lookup, relation)
    problems.push(...found.map((problem) => `lookups.${name}: ${problem}`))
    const table = tables.find((each) => qualifiedName(each) === qualifiedName(relation))
    if (!column || !table || found.length > 0) return []
    const { plainType: keyType, equality } = column
    const wanted: LookupFunction = {
      schema: lookupSchema(lookup.table, schemas),
      name,
      table: { schema: table.schema, name: table.name },
      from: many ? qualifiedName(relation) : rowsOf(relation, snapshot),
      by,
      keyType,
      equality,
      tenantColumn: table.column,
      tenantType: table.type,
      many,
      owner,
      callers: roles.app,
    }
    const taken = lookupIn(wanted, snapshot)
    if (taken && !isLookup(taken)) {
      problems.push(
        `lookups.${name}: the function ${taken.signature} is there, and kysely-tenants did not make it; choose another name.`,
      )
    }
    return [wanted]
  })
}

function problemOf({ by, many }: ConfigLookup, relation: RelationState): string[] {
  const table = qualifiedName(relation)
  const columns = relation.columns.map(({ name }) => name)
  if (!columns.includes(by)) {
    return [`${table} has no column ${identifier(by)}${suggestion(by, columns) || '.'}`]
  }
  if (many || relation.indexes.some((index) => isKeyOf(by, index))) return []
  return [
    `${table} has no unique key of ${identifier(by)} alone, so that a key may lead to more than one tenant; make it unique, or write many: true.`,
  ]
}

/** A unique key of exactly this column, over all rows. */
function isKeyOf(by: string, { isUnique, isValid, predicate, columns }: IndexState): boolean {
  return isUnique && isValid && predicate === null && columns.length === 1 && columns[0] === by
}

/** The unique keys that lookups need as they are: one of them with the tenant would lead to several. */
export function keysOfLookups(
  { lookups }: Pick<Config, 'lookups'>,
  { schema, name }: { readonly schema: string | undefined; readonly name: string },
  relation: RelationState,
): string[] {
  const columns = lookups
    .filter(({ table, many }) => !many && table.schema === schema && table.name === name)
    .map(({ by }) => by)
  return relation.indexes
    .filter((index) => columns.some((by) => isKeyOf(by, index)))
    .map((index) => index.name)
}

export interface LookupState {
  readonly lookup: LookupFunction
  /** The function as it is; undefined: it is missing. */
  readonly actual: FunctionState | undefined
  readonly differences: readonly string[]
}

export function lookupStates({ lookups }: Wanted, snapshot: Snapshot): LookupState[] {
  return lookups.map((lookup) => {
    const actual = lookupIn(lookup, snapshot)
    return { lookup, actual, differences: actual ? lookupDifferences(lookup, actual) : [] }
  })
}

/** Functions of the tool that no lookup of the config asks for. */
export function surplusLookups({ lookups }: Wanted, snapshot: Snapshot): FunctionState[] {
  const wanted = new Set(lookups.map(lookupSignature))
  return snapshot.functions.filter((fn) => isLookup(fn) && !wanted.has(fn.signature))
}

/** The signatures of the functions that are exactly as the tool writes them, over a table that is a table. */
export function acceptedLookups(wanted: Wanted, snapshot: Snapshot): ReadonlySet<string> {
  return new Set(
    lookupStates(wanted, snapshot).flatMap(({ lookup, actual, differences }) =>
      actual && differences.length === 0 && findRelation(lookup.table, snapshot)
        ? [actual.signature]
        : [],
    ),
  )
}

function lookupIn(lookup: LookupFunction, { functions }: Snapshot): FunctionState | undefined {
  const signature = lookupSignature(lookup)
  return functions.find((fn) => fn.signature === signature)
}
