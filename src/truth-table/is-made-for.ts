import type { TruthTable } from '../catalog/truth-table.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { isSameTable } from '../sql/table-name.ts'

/** The table was wanted as it is now when the truth table was made. Of another config it says nothing. */
export function isMadeFor(truthTable: TruthTable, table: TenantTable): boolean {
  return (
    isSameTable(truthTable, table) &&
    truthTable.column === table.column &&
    truthTable.setting === table.setting &&
    truthTable.shared === table.shared &&
    truthTable.access === table.access
  )
}
