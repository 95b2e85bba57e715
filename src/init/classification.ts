import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import type { TenantsTable } from './tenants-table.ts'

/** The column that names the tenant of a row, and the table that it refers to. */
export interface TenantKey {
  /** As `normalizedName` writes it. */
  readonly columnName: string
  readonly tenants: TenantsTable | undefined
}

export interface OwnedTable {
  readonly relation: RelationState
  readonly column: ColumnState
}

/** A table without a tenant column, whose rows are those of the tenant of another row. */
export interface AdoptedTable {
  readonly relation: RelationState
  readonly parent: RelationState
  /** Tables that would do as well. */
  readonly alternatives: readonly RelationState[]
}

/** Neither of a tenant nor for all, for all that the catalog says. */
export interface UndecidedTable {
  readonly relation: RelationState
  readonly reason: string
}

export interface Classification {
  /** As most of them call it: for `tenant.column` of the config. */
  readonly column: string
  readonly owned: readonly OwnedTable[]
  /** Parents first. */
  readonly adopted: readonly AdoptedTable[]
  /** Those of `owned` whose column may be NULL, and whose rows have a parent with a tenant. */
  readonly fillable: readonly AdoptedTable[]
  readonly undecided: readonly UndecidedTable[]
  /** Those of them that a foreign key leads from to a tenant. */
  readonly stranded: readonly UndecidedTable[]
  /** No foreign key leads from them to a tenant. */
  readonly global: readonly RelationState[]
}
