import type { ClientConfig } from 'pg'
import type { TableReference } from '../sql/table-name.ts'
import type { Level, LevelOrOff } from './level.ts'
import type { MigrationFormat } from './migration-format.ts'
import type { MigrationPart } from './migration-part.ts'
import type { TenantType } from './tenant-setting.ts'

/**
 * What the user writes, for the runtime and the CLI alike. Not trusted: {@link parseConfig} checks it.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   connection: process.env.DATABASE_URL,
 *   tenant: { type: 'uuid' },
 *   roles: { app: 'app_user', admin: 'app_admin' },
 *   tables: { projects: {}, 'billing.invoices': { column: 'org_id' }, templates: { shared: true } },
 *   global: ['countries'],
 * })
 * ```
 */
export interface ConfigInput {
  /**
   * Used by the CLI only, as the owner of the tables or a superuser. `--url` overrides it.
   * @default what `kysely.config` of kysely-ctl connects to
   */
  readonly connection?: string | ClientConfig | undefined
  readonly tenant?: {
    /** @default 'tenant_id' */
    readonly column?: string
    /** Expected of every tenant column. @default whatever type the column has in the database */
    readonly type?: TenantType
    /** The setting that carries the tenant. @default 'app.tenant_id' */
    readonly setting?: string
  }
  readonly roles?: {
    /** The login(s) of the application. Absent: policies are `to public` and role checks cannot run. */
    readonly app?: string | readonly string[]
    /** Sees every tenant through its own policy. Must not be a member of an app role. */
    readonly admin?: string | readonly string[]
  }
  /** Searched for tables that are written without a schema. @default ['public'] */
  readonly schemas?: readonly string[]
  /** The tenant tables: `'name'` or `'schema.name'` → what differs from the defaults. */
  readonly tables: readonly string[] | Readonly<Record<string, TableInput>>
  /** Tables that the app may reach and that hold no tenant data. */
  readonly global?: readonly string[]
  readonly migrations?: {
    /** Relative to the config file. @default what `kysely.config` of kysely-ctl says, else 'migrations' */
    readonly folder?: string
    /**
     * For whom `migrate:rls` writes: Kysely ('ts', 'js'), Knex ('knex-ts', 'knex') or psql ('sql').
     * `--format` overrides it. @default 'ts'
     */
    readonly format?: MigrationFormat
    /**
     * What `migrate:rls` plans beside row security: foreign keys and unique keys that hold the tenant,
     * views that read as their caller, no privileges but those the app needs. @default none
     */
    readonly with?: readonly MigrationPart[]
  }
  readonly audit?: {
    /** `audit` exits 1 from this level on. @default 'high' */
    readonly failOn?: Level
    /**
     * Check id → the level its findings get instead of their own, or `'off'`. Checks for hardening
     * that most databases do without are made only when they are named here.
     */
    readonly levels?: Readonly<Record<string, LevelOrOff>>
    /** Findings that are known and accepted for now. */
    readonly waivers?: readonly Waiver[]
    /** The login of the application, which `audit` asks too. `--app-url` overrides it. */
    readonly appConnection?: string | ClientConfig | undefined
  }
}

export interface Waiver {
  readonly check: string
  /** As the audit names it: `public.projects`. */
  readonly object: string
  /** Of one finding, from the JSON report: ends when the text it is about changes. @default any */
  readonly fingerprint?: string
  readonly reason: string
  /** The last day on which it holds, in UTC: `2027-01-31`. */
  readonly expires: string
}

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
}

/** The same, checked and with every default filled in. */
export interface Config {
  readonly connection: string | ClientConfig | undefined
  readonly column: string
  readonly type: TenantType | undefined
  readonly setting: string
  readonly roles: { readonly app: readonly string[]; readonly admin: readonly string[] }
  readonly schemas: readonly string[]
  readonly tables: readonly ConfigTable[]
  readonly global: readonly TableReference[]
  readonly migrations: {
    readonly folder: string | undefined
    readonly format: MigrationFormat
    readonly with: readonly MigrationPart[]
  }
  readonly audit: {
    readonly failOn: Level
    readonly levels: Readonly<Record<string, LevelOrOff>>
    readonly waivers: readonly Waiver[]
    readonly appConnection: string | ClientConfig | undefined
  }
}

export interface ConfigTable extends TableReference {
  readonly column: string
  readonly shared: boolean
  readonly access: 'full' | 'boundary'
  readonly backfill: { readonly parent: TableReference } | { readonly tenant: string } | undefined
  readonly globalKeys: readonly string[]
}

/**
 * Gives the object in a config file its type; returns it as it is. Throws nothing: whoever reads the
 * config checks it, and says `CONFIG.INVALID` with every problem.
 *
 * @example
 * ```ts
 * export default defineConfig({ roles: { app: 'app_user' }, tables: ['projects', 'tasks'] })
 * ```
 */
export function defineConfig<const C extends ConfigInput>(config: C): C {
  return config
}
