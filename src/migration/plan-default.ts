import { childrenOf } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { currentTenant } from '../policy/current-tenant.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { fillsItself } from '../wanted/fills-itself.ts'
import type { Step } from './step.ts'

/**
 * The default of the tenant column is the tenant of the statement.
 *
 * Another default is replaced: under the policies it could only name a foreign tenant, and be
 * refused. Shared tables get it too: a statement without a tenant, such as one of an admin, then
 * inserts NULL, which is a shared row. Only a column that fills itself is left alone.
 */
export function planDefault(
  { schema, name, observedBy, ...tenancy }: TenantTable,
  relation: RelationState,
  snapshot: Snapshot,
): Step[] {
  const column = relation.columns.find((c) => c.name === tenancy.column)
  const wanted = currentTenant(tenancy)
  if (!column || column.default === wanted.deparsed || fillsItself(column, relation)) return []
  // While a table is only observed, a row that names no tenant gets the default it had so far.
  if (observedBy !== undefined && column.default !== null) return []

  const table = { schema, name }
  // Children have steps of their own: a statement that reached them could not be undone exactly.
  const only = childrenOf(relation, snapshot).length > 0 ? 'only ' : ''
  const alter = `alter table ${only}${qualifiedName(table)} alter column ${identifier(column.name)}`
  return [
    {
      table,
      why: 'A new row that names no tenant gets the one of its statement.',
      outcome: 'default',
      up: `${alter}\n  set default ${wanted.sql}`,
      down: [
        column.default === null
          ? `${alter} drop default`
          : `${alter}\n  set default ${column.default}`,
      ],
      lock: 'access exclusive',
      ...(column.default !== null && { hazard: `Replaces the default ${column.default}.` }),
    },
  ]
}
