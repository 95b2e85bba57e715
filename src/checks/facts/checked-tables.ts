import type { RelationState } from '../../catalog/relation-state.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { tenantsRelations } from '../../wanted/tenant-column-names.ts'
import { type TenantTableState, tenantTableStates } from '../../wanted/tenant-table-state.ts'
import { type UnlistedTable, unlistedTables } from '../../wanted/unlisted-tables.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'

type Fact<T> = (context: CheckContext) => T

export interface CheckedTable extends TenantTableState {
  /** A partition or an inheritance child of another tenant table. */
  readonly isChild: boolean
}

/** The tenant tables that have their tenant column, as they are wanted and as they are. */
export const checkedTables: Fact<readonly CheckedTable[]> = once((context) => {
  const { snapshot, wanted } = context
  const listed = new Set(wanted.tables.map(qualifiedName))

  return tenantTableStates(wanted.tables, snapshot).map(({ table, relation }) => {
    const isChild = relation.parents.some((parent) => listed.has(qualifiedName(parent)))
    return { table, relation, isChild }
  })
})

/** The same by the qualified name. */
export const checkedTablesByName: Fact<ReadonlyMap<string, CheckedTable>> = once(
  (context) => new Map(checkedTables(context).map((s) => [qualifiedName(s.relation), s])),
)

/** Tables that the config does not mention. */
export const unlisted: Fact<readonly UnlistedTable[]> = once(({ wanted, snapshot }) =>
  unlistedTables(wanted, snapshot),
)

/** The table of the tenants: a key that is unique there is unique among tenants, as it should be. */
export const tenantsTables: Fact<readonly RelationState[]> = once(({ wanted, snapshot }) =>
  tenantsRelations(wanted, snapshot),
)
