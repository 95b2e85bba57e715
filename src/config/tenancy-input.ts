import type { TenantType } from './tenant-setting.ts'

/** The part of {@link ConfigInput} that says which rows belong to a tenant. */
export interface TenancyInput {
  readonly tenant?: {
    /** @default 'tenant_id' */
    readonly column?: string
    /**
     * Every tenant column must have it, and every tenant id must fit it.
     * @default the type that the column has in the database; the application takes ids of any type
     */
    readonly type?: TenantType
    /** The setting that carries the tenant. @default 'app.tenant_id' */
    readonly setting?: string
  }
  readonly roles?: {
    /** The login(s) of the application. Absent: policies are `to public` and role checks cannot run. */
    readonly app?: string | readonly string[]
    /** Sees every tenant through its own policy. Must not be a member of an app role. */
    readonly admin?: string | readonly string[]
    /**
     * The owner(s) of the tables, for migrations, jobs and functions that work for every tenant: a policy
     * shows them every row although FORCE binds them. Needs `app`. @default the owner is bound
     */
    readonly owner?: string | readonly string[]
  }
  /** Searched for tables that are written without a schema. @default ['public'] */
  readonly schemas?: readonly string[]
  /** The tenant tables: a list of names, or `'name'` or `'schema.name'` → its options. */
  readonly tables: readonly string[] | Readonly<Record<string, TableInput>>
  /** Tables that the app may reach and that hold no tenant data. */
  readonly global?: readonly string[]
  /**
   * FORCE ROW LEVEL SECURITY, which binds the owner of the tables too. `false` leaves it out, for code of
   * the owner that must see every tenant. @default true
   */
  readonly force?: boolean
  /**
   * Ways to the tenant before it is known: of a hostname, an API key, a user. Each is a function of the database
   * that takes one key and gives one tenant id, and that `tenancy.lookup` calls. Needs `roles.app` and `roles.admin`.
   */
  readonly lookups?: Readonly<Record<string, LookupInput>>
}

/** The way from a key to its tenant, before the tenant is known. */
export interface LookupInput {
  /** A tenant table, as it is written under `tables`. */
  readonly table: string
  /** The column of the key, which must be unique unless there are `many`. */
  readonly by: string
  /** The key may lead to several tenants: the memberships of a user. @default false */
  readonly many?: boolean
}

/** The options of a tenant table. */
export interface TableInput {
  /** @default `tenant.column` */
  readonly column?: string
  /** Rows whose tenant is NULL are readable by every tenant and writable by none. @default false */
  readonly shared?: boolean
  /**
   * `'full'`: the tool writes the permissive policy and the restrictive floor.
   * `'boundary'`: only the floor; you write the permissive policies. @default 'full'
   */
  readonly access?: 'full' | 'boundary'
  /**
   * Where `migrate:rls` takes the tenants from when the column is missing or may be NULL: the row of
   * this table that a foreign key leads to, or one tenant for all rows.
   * @default for a missing column, the only tenant table that a foreign key without NULL leads to
   */
  readonly backfill?: { readonly parent: string } | { readonly tenant: string }
  /**
   * Unique keys that are meant to span all tenants, by the name of the constraint or index: the e-mail
   * of a login, say. @default none
   */
  readonly globalKeys?: readonly string[]
  /** The same as `force` beside `tables`, for this table. @default `force` of the config */
  readonly force?: boolean
}
