import { isOwnOrSharedRow, isOwnRow, isSharedRow } from '../policy/current-tenant.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { OwnRow } from './openness.ts'

/** How the policies of a tenant table tell its own rows. */
export function ownRowOf(table: TenantTable): OwnRow {
  const conditions = [
    isOwnRow(table),
    ...(table.shared ? [isSharedRow(table), isOwnOrSharedRow(table)] : []),
  ]
  return {
    texts: conditions.map(({ deparsed }) => deparsed),
    columns: [table.column],
    setting: table.setting,
  }
}
