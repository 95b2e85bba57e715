import { relationOf } from '../catalog/find-relation.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { qualifiedName } from '../sql/quote.ts'
import { tenantsRelations } from '../wanted/tenant-column-names.ts'
import type { Wanted } from '../wanted/wanted.ts'
import { keyContext } from './key-context.ts'
import type { PartChange, PartContext, PlannedTable } from './part-change.ts'
import { withColumn } from './plan-column.ts'
import { planForeignKeys } from './plan-foreign-keys.ts'
import { planGrants } from './plan-grants.ts'
import { planUniqueKey } from './plan-unique-keys.ts'
import { planViews } from './plan-views.ts'
import { globalKeys } from './unique-keys.ts'

/**
 * Plans every optional part, asked for or not: the rest becomes advice. Foreign keys come before unique
 * keys, because the old ones of the first use the old ones of the second.
 */
export function planParts(wanted: Wanted, snapshot: Snapshot): PartChange[] {
  const { appRoles, adminRoles, parts } = wanted
  const entries = entriesOf(wanted, snapshot)
  const byName = new Map(entries.map((entry) => [qualifiedName(entry.table), entry]))
  const context: PartContext = {
    entries,
    byName,
    snapshot,
    tenants: tenantsRelations(wanted, snapshot),
    appRoles,
    adminRoles,
    parts,
  }
  const keys = keyContext(context)
  const global = globalKeys(keys)
  return [
    ...planForeignKeys(global, keys),
    ...global.map((key) => planUniqueKey(key, keys)),
    ...planViews(context),
    ...planGrants(wanted, context),
  ]
}

/** The tenant tables, those too whose column is still to be added. */
export function entriesOf({ tables, fills }: Wanted, snapshot: Snapshot): PlannedTable[] {
  return [
    ...tables.map((table) => ({ table, relation: relationOf(table, snapshot) })),
    ...fills
      .filter(({ column }) => column)
      .flatMap((fill) =>
        fill.tables.map((table) => ({
          table,
          relation: withColumn(relationOf(table, snapshot), table, fill),
          isNew: true,
        })),
      ),
  ]
}
