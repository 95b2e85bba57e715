import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import { adoptTables } from './adopt-tables.ts'
import type { Candidates } from './candidate-tables.ts'
import type { Classification, OwnedTable, TenantKey, UndecidedTable } from './classification.ts'
import { decideGlobal } from './decide-global.ts'
import { fillNullable } from './fill-nullable.ts'
import { globalDoubts } from './global-doubts.ts'
import { withoutChildren } from './inheritance-children.ts'
import { commonest, references } from './references.ts'

type Verdict = OwnedTable | UndecidedTable | { readonly relation: RelationState }

type Test = (table: RelationState) => boolean

interface KnownTables {
  /** On every node of Citus. */
  readonly isReference: Test
  /** The user says so, like `isShared`. */
  readonly isGlobal: Test
  readonly isShared: Test
}

/** Puts every table of the candidates in exactly one of the lists. */
export function classifyTables(
  candidates: Candidates,
  key: TenantKey,
  { isReference, isGlobal, isShared }: KnownTables,
): Classification {
  const verdicts = candidates.tables
    .filter((table) => !isGlobal(table))
    .map((table) => judge(table, key, candidates))
  const owned = verdicts.filter((verdict) => 'column' in verdict)
  const mistyped = verdicts.filter((verdict) => 'reason' in verdict)
  const column = usualName(owned, key)
  const rest = verdicts
    .filter((verdict) => !('column' in verdict) && !('reason' in verdict))
    .map(({ relation }) => relation)
  const { adopted, stranded, unrelated } = adoptTables(
    rest.filter((relation) => !isReference(relation)),
    { owned, mistyped, column },
  )
  const { undecided, global } = decideGlobal(unrelated, {
    others: [...owned, ...adopted, ...mistyped, ...stranded].map(({ relation }) => relation),
    doubt: globalDoubts(key, { owned, adopted }, candidates.byName),
  })
  return withoutChildren({
    column,
    owned,
    adopted,
    fillable: fillNullable({
      owned: owned.filter(
        ({ relation }) => relation !== key.tenants?.relation && !isShared(relation),
      ),
      adopted,
    }),
    stranded,
    undecided: [...mistyped, ...stranded, ...undecided],
    global: [...candidates.tables.filter(isGlobal), ...rest.filter(isReference), ...global],
  })
}

function judge(relation: RelationState, key: TenantKey, candidates: Candidates): Verdict {
  const { tenants } = key
  if (tenants && isSameTable(relation, tenants.relation)) return owned(relation, tenants.column)
  const own = relation.columns.find(({ name }) => normalizedName(name) === key.columnName)
  if (own && isOfTenant(own, relation, key, candidates)) return owned(relation, own.name)

  const ways = references(relation).filter(
    ({ table, key: referred }) =>
      tenants && isSameTable(table, tenants.relation) && referred === tenants.column,
  )
  const [name, ...more] = new Set(ways.map(({ column }) => column))
  const column = relation.columns.find((c) => c.name === name)
  return column?.notNull && more.length === 0 ? owned(relation, column.name) : { relation }
}

function owned(relation: RelationState, name: string): OwnedTable | UndecidedTable {
  const column = relation.columns.find((candidate) => candidate.name === name)
  if (column && tenantTypeOf(column)) return { relation, column }
  return { relation, reason: `${name} is ${column?.type}, which is no type of a tenant` }
}

/** A column of that name may be about something else: `account_id` that refers to bank accounts. */
function isOfTenant(
  column: ColumnState,
  relation: RelationState,
  { columnName, tenants }: TenantKey,
  { byName }: Candidates,
): boolean {
  const targets = references(relation).filter((reference) => reference.column === column.name)
  return targets.every(({ table, key }) => {
    const target = byName.get(qualifiedName(table))
    if (!target || !tenants) return true
    return isSameTable(target, tenants.relation) || normalizedName(key) === columnName
  })
}

function usualName(owned: readonly OwnedTable[], { columnName, tenants }: TenantKey): string {
  const others = owned.filter(({ relation }) => relation !== tenants?.relation)
  const named = others.filter(({ column }) => normalizedName(column.name) === columnName)
  const [name] = commonest((named.length > 0 ? named : others).map(({ column }) => column.name))
  return name ?? columnName
}
