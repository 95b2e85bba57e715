import { securedDescendants } from '../catalog/find-relation.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config } from '../config/config.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { Listed } from './listed-tables.ts'
import { tenantTypeOf } from './tenant-type.ts'
import { keysOfLookups } from './wanted-lookups.ts'

/** The table, then its partitions and inheritance children: what row security is wanted on. */
export function tenantTableFamily(
  { entry, relation, column }: Listed,
  config: Config,
  snapshot: Snapshot,
): TenantTable[] {
  const { setting, roles, type: wantedType } = config
  // A column that can hold no tenant: its policies are judged by what it should be.
  const type = tenantTypeOf(column) ?? wantedType ?? 'text'
  const { shared, access } = entry
  const globalKeys = [...entry.globalKeys, ...keysOfLookups(config, entry, relation)]
  return [relation, ...securedDescendants(relation, snapshot)].map(({ schema, name }) => ({
    schema,
    name,
    column: entry.column,
    type,
    isDomain: column.isDomain,
    setting,
    shared,
    access,
    globalKeys,
    appRoles: roles.app,
    adminRoles: roles.admin,
    ...(roles.owner.length > 0 && { ownerRoles: roles.owner }),
    ...(!entry.force && { isUnforced: true as const }),
  }))
}

/** A child that is listed itself keeps the place and the options of its own entry. */
export function eachOnce(tables: readonly TenantTable[]): TenantTable[] {
  const byName = new Map<string, TenantTable>()
  for (const table of tables) {
    const key = qualifiedName(table)
    if (!byName.has(key)) byName.set(key, table)
  }
  return [...byName.values()]
}
