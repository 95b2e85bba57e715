import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import { adoptTables } from './adopt-tables.ts'
import type { Candidates } from './candidate-tables.ts'
import type { Classification, OwnedTable, TenantKey, UndecidedTable } from './classification.ts'
import { referringNames, USUAL_NAMES } from './column-names.ts'
import { commonest, references } from './references.ts'

type Verdict = OwnedTable | UndecidedTable | { readonly relation: RelationState }

/** Every table of the candidates, in exactly one of its lists. */
export function classifyTables(
  candidates: Candidates,
  key: TenantKey,
  isReference: (table: RelationState) => boolean,
): Classification {
  const verdicts = candidates.tables.map((table) => judge(table, key, candidates))
  const owned = verdicts.filter((verdict) => 'column' in verdict)
  const column = usualName(owned, key)
  const rest = verdicts.filter((verdict) => !('column' in verdict) && !('reason' in verdict))
  const forAll = rest.filter(({ relation }) => isReference(relation))
  const { adopted, stranded, unrelated } = adoptTables(
    rest.filter((verdict) => !forAll.includes(verdict)).map(({ relation }) => relation),
    { owned, column },
  )
  const children = childColumnNames([...owned, ...adopted].map(({ relation }) => relation))
  const doubtful = unrelated.flatMap((relation) => doubt(relation, key, children))
  return {
    column,
    owned,
    adopted,
    undecided: [...verdicts.filter((verdict) => 'reason' in verdict), ...stranded, ...doubtful],
    global: [
      ...forAll.map(({ relation }) => relation),
      ...unrelated.filter((table) => !doubtful.some(({ relation }) => relation === table)),
    ],
  }
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

/** The usual name of a column that refers to one of these tables → the table. */
function childColumnNames(tables: readonly RelationState[]): ReadonlyMap<string, string> {
  return new Map(
    tables.flatMap((table) =>
      referringNames(table.name).flatMap((columnName): [string, string][] =>
        columnName.endsWith('id') ? [[columnName, qualifiedName(table)]] : [],
      ),
    ),
  )
}

/** A name suggests whose rows these are, and no foreign key says so: not for everybody to read. */
function doubt(
  relation: RelationState,
  { columnName }: TenantKey,
  children: ReadonlyMap<string, string>,
): UndecidedTable[] {
  const found = (reason: string) => [{ relation, reason }]
  for (const { name } of relation.columns) {
    const own = normalizedName(name)
    const parent = children.get(own)
    if (own === columnName) return found(`${name} refers to another table`)
    const refers = references(relation).some(({ column }) => column === name)
    if (parent && !refers) return found(`${name} may lead to ${parent}, and no foreign key says so`)
    if (USUAL_NAMES.includes(own)) return found(`${name} may be its tenant, and nothing says so`)
  }
  return []
}
