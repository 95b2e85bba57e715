import type { TruthTable } from '../catalog/truth-table.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { isSameTable } from '../sql/table-name.ts'

/** The truth table was made for a config that wants the same of the table. Otherwise it does not hold. */
export function isMadeFor(truthTable: TruthTable, table: TenantTable): boolean {
  return (
    isSameTable(truthTable, table) &&
    truthTable.column === table.column &&
    truthTable.setting === table.setting &&
    truthTable.shared === table.shared &&
    truthTable.access === table.access
  )
}
