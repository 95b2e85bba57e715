import type { TenantType } from '../config/tenant-setting.ts'

/** A tenant table as the config wants it, with the type its column has in the catalog. */
export interface TenantTable {
  readonly schema: string
  readonly name: string
  readonly column: string
  readonly type: TenantType
  /** The column is of a domain over `type`: PostgreSQL then casts the column when it compares. */
  readonly isDomain: boolean
  readonly setting: string
  /** The logins of the application. Empty: the policies are for `public`. */
  readonly appRoles: readonly string[]
  /** The roles that see every tenant, through a policy of their own. */
  readonly adminRoles: readonly string[]
  /** Owners of the table that see every tenant through a policy of their own. */
  readonly ownerRoles?: readonly string[]
  /** Without FORCE: the owner sees every row. */
  readonly isUnforced?: true
  /** Rows of no tenant are readable by every tenant. */
  readonly shared: boolean
  /** `boundary`: the user writes the permissive policies. */
  readonly access: 'full' | 'boundary'
  /** Unique keys that are meant to span all tenants. */
  readonly globalKeys: readonly string[]
  /** The schema of the function that logs statements without a tenant; absent where policies are enforced. */
  readonly observedBy?: string
}
