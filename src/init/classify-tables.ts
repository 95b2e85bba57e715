import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import { adoptOrphans } from './adopt-orphans.ts'
import type { Classification, OwnedTable, TenantKey, UndecidedTable } from './classification.ts'
import { meaningOf, meaningsFor, USUAL_MEANINGS } from './column-meaning.ts'
import type { Landscape } from './landscape.ts'
import { commonest, references } from './references.ts'

type Verdict = OwnedTable | UndecidedTable | { readonly relation: RelationState }

/** Every table of the landscape, in exactly one of its lists. */
export function classifyTables(
  landscape: Landscape,
  key: TenantKey,
  isReference: (table: RelationState) => boolean,
): Classification {
  const bookkeeping = landscape.tables.filter(isBookkeeping)
  const verdicts = landscape.tables
    .filter((table) => !isBookkeeping(table))
    .map((table) => judge(table, key, landscape))
  const owned = verdicts.filter((verdict) => 'column' in verdict)
  const column = usualName(owned, key)
  const rest = verdicts.filter((verdict) => !('column' in verdict) && !('reason' in verdict))
  const forAll = rest.filter(({ relation }) => isReference(relation))
  const { adopted, stranded, unrelated } = adoptOrphans(
    rest.filter((verdict) => !forAll.includes(verdict)).map(({ relation }) => relation),
    { parents: owned, column },
  )
  const children = childMeanings([...owned, ...adopted].map(({ relation }) => relation))
  const doubtful = unrelated.flatMap((relation) => doubt(relation, key, children))
  return {
    ...{ column, owned, adopted, bookkeeping },
    undecided: [...verdicts.filter((verdict) => 'reason' in verdict), ...stranded, ...doubtful],
    global: [
      ...forAll.map(({ relation }) => relation),
      ...unrelated.filter((table) => !doubtful.some(({ relation }) => relation === table)),
    ],
  }
}

function judge(relation: RelationState, key: TenantKey, landscape: Landscape): Verdict {
  const { tenants } = key
  if (tenants && isSameTable(relation, tenants.relation)) return owned(relation, tenants.column)
  const own = relation.columns.find(({ name }) => meaningOf(name) === key.meaning)
  if (own && isOfTenant(own, relation, key, landscape)) return owned(relation, own.name)

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
  { meaning, tenants }: TenantKey,
  { byName }: Landscape,
): boolean {
  const targets = references(relation).filter((reference) => reference.column === column.name)
  return targets.every(({ table, key }) => {
    const target = byName.get(qualifiedName(table))
    if (!target || !tenants) return true
    return isSameTable(target, tenants.relation) || meaningOf(key) === meaning
  })
}

function usualName(owned: readonly OwnedTable[], { meaning, tenants }: TenantKey): string {
  const others = owned.filter(({ relation }) => relation !== tenants?.relation)
  const named = others.filter(({ column }) => meaningOf(column.name) === meaning)
  const [name] = commonest((named.length > 0 ? named : others).map(({ column }) => column.name))
  return name ?? meaning
}

/** What columns that refer to these tables are called, and to which. */
function childMeanings(tables: readonly RelationState[]): ReadonlyMap<string, string> {
  return new Map(
    tables.flatMap((table) =>
      meaningsFor(table.name).flatMap((meaning): [string, string][] =>
        meaning.endsWith('id') ? [[meaning, qualifiedName(table)]] : [],
      ),
    ),
  )
}

/** A name suggests whose rows these are, and no foreign key says so: not for everybody to read. */
function doubt(
  relation: RelationState,
  { meaning }: TenantKey,
  children: ReadonlyMap<string, string>,
): UndecidedTable[] {
  const found = (reason: string) => [{ relation, reason }]
  for (const { name } of relation.columns) {
    const own = meaningOf(name)
    const parent = children.get(own)
    if (own === meaning) return found(`${name} refers to another table`)
    const refers = references(relation).some(({ column }) => column === name)
    if (parent && !refers) return found(`${name} may lead to ${parent}, and no foreign key says so`)
    if (USUAL_MEANINGS.includes(own)) return found(`${name} may be its tenant, and nothing says so`)
  }
  return []
}
