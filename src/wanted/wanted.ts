import type { ColumnState } from '../catalog/relation-state.ts'
import type { MigrationPart } from '../config/migration-part.ts'
import type { TenantType } from '../config/tenant-setting.ts'
import type { LookupFunction } from '../policy/lookup-function.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { TableName } from '../sql/table-name.ts'
import type { TenantSource } from './tenant-source.ts'

/** A table that gets its tenants by a migration. */
export interface TenantFill {
  /** The table, then its partitions and inheritance children, as they are wanted. */
  readonly tables: readonly TenantTable[]
  /** To be added; undefined when it is there and only has to be filled. */
  readonly column: ColumnState | undefined
  readonly source: TenantSource
  /** The config does not say so, a foreign key does: `backfill` fills it, no migration does. */
  readonly isInferred?: true
}

export interface MissingColumn extends TableName {
  readonly column: string
  /** The reason why no migration can add it; absent when no source of its tenants is known. */
  readonly reason?: string
}

/** A tenant column of another type than the config says, or of one that holds no tenant. */
export interface MistypedColumn extends TableName {
  readonly column: string
  /** As PostgreSQL writes it. */
  readonly actual: string
  /** By the config, else of all the other tables; undefined when they differ. */
  readonly wanted: TenantType | undefined
  /** A sentence without its subject: `double precision; a tenant column is …`. */
  readonly problem: string
}

/** The config for this database: its names resolved, its types read from the catalog. */
export interface Wanted {
  readonly setting: string
  /** `tenant.column` of the config: the tenant column of most tables. */
  readonly column: string
  readonly appRoles: readonly string[]
  readonly adminRoles: readonly string[]
  /** Owners with a policy that shows them every tenant. */
  readonly ownerRoles: readonly string[]
  readonly schemas: readonly string[]
  /**
   * The listed tables, with all their partitions and inheritance children. Foreign tables are left out: they
   * have no row security, and the policies of the parent hold for rows that are read through it.
   */
  readonly tables: readonly TenantTable[]
  /** Listed tables that have no tenant column. */
  readonly withoutColumn: readonly MissingColumn[]
  /** Of the listed tables: no migration is planned while there are any. */
  readonly mistyped: readonly MistypedColumn[]
  /** Those of them whose tenants are known, and tables whose column has to be filled. */
  readonly fills: readonly TenantFill[]
  readonly global: readonly TableName[]
  /** Functions that give the tenant of a key. */
  readonly lookups: readonly LookupFunction[]
  /** The parts that `migrate:rls` plans beside row security. */
  readonly parts: readonly MigrationPart[]
  /** Policies that the tool did not make and the plan may change: `name on schema.table`, as SQL has it. */
  readonly takenOver?: readonly string[]
  /** Tables that enforce no policy yet get policies that let a statement without a tenant pass. */
  readonly observes?: boolean
}
