import type { ClientConfig } from 'pg'
import type { TableReference } from '../sql/table-name.ts'
import type { Level, LevelOrOff } from './level.ts'
import type { MigrationFormat } from './migration-format.ts'
import type { MigrationPart } from './migration-part.ts'
import type { LookupInput, TableInput, TenancyInput } from './tenancy-input.ts'
import type { TenantType } from './tenant-setting.ts'

export type { LookupInput, TableInput, TenancyInput }

/**
 * The config as the user writes it, for the runtime and the CLI alike. {@link parseConfig} checks it.
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
export interface ConfigInput extends TenancyInput {
  /** In a JSON file, the address of `kysely-tenants/config.schema.json`, for the editor. */
  readonly $schema?: string
  /**
   * Used by the CLI only, as the owner of the tables or a superuser. `--url` overrides it.
   * @default what `kysely.config` of kysely-ctl connects to
   */
  readonly connection?: string | ClientConfig | undefined
  readonly migrations?: {
    /** Relative to the config file. @default what `kysely.config` of kysely-ctl says, else 'migrations' */
    readonly folder?: string
    /**
     * The tool that runs the migrations: Kysely ('ts', 'js'), Knex ('knex-ts', 'knex'), psql ('sql'), or one with the name of its format.
     * `--format` overrides it. @default 'ts'
     */
    readonly format?: MigrationFormat
    /**
     * `migrate:rls` plans these beside row security: foreign keys and unique keys that hold the tenant,
     * views that read as their caller, no privileges but those the app needs. @default none
     */
    readonly with?: readonly MigrationPart[]
  }
  readonly audit?: {
    /** `audit` exits 1 from this level on. @default 'high' */
    readonly failOn?: Level
    /**
     * Check id → the level its findings get instead of their own, or `'off'`. Some checks ask for
     * hardening that most databases do without: they run only when they are named here.
     */
    readonly levels?: Readonly<Record<string, LevelOrOff>>
    /** Findings that are known and accepted for now. */
    readonly waivers?: readonly Waiver[]
    /** The login of the application, which `audit` asks too. `--app-url` overrides it. */
    readonly appConnection?: string | ClientConfig | undefined
  }
}

/** A finding that may stay for a reason, until a day. */
export interface Waiver {
  readonly check: string
  /** As the audit names it: `public.projects`. */
  readonly object: string
  /** Accepts one finding, as the JSON report names it, until its text changes. @default any finding */
  readonly fingerprint?: string
  readonly reason: string
  /** The last day on which it holds, in UTC: `2027-01-31`. */
  readonly expires: string
}

/** The config as {@link parseConfig} returns it: checked, and with every default filled in. */
export interface Config {
  readonly connection: string | ClientConfig | undefined
  readonly column: string
  readonly type: TenantType | undefined
  readonly setting: string
  readonly roles: {
    readonly app: readonly string[]
    readonly admin: readonly string[]
    readonly owner: readonly string[]
  }
  readonly schemas: readonly string[]
  readonly tables: readonly ConfigTable[]
  readonly global: readonly TableReference[]
  readonly lookups: readonly ConfigLookup[]
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

/** A checked entry of `lookups`. */
export interface ConfigLookup {
  readonly name: string
  readonly table: TableReference
  readonly by: string
  readonly many: boolean
}

/** A checked entry of `tables`, with its defaults. */
export interface ConfigTable extends TableReference {
  readonly column: string
  readonly shared: boolean
  readonly access: 'full' | 'boundary'
  readonly backfill: { readonly parent: TableReference } | { readonly tenant: string } | undefined
  readonly globalKeys: readonly string[]
  readonly force: boolean
}

/**
 * Gives the object in a config file its type, and returns it as it is. Never throws: the config is
 * checked when it is read, which throws `CONFIG.INVALID` with every problem.
 *
 * @example
 * ```ts
 * export default defineConfig({ roles: { app: 'app_user' }, tables: ['projects', 'tasks'] })
 * ```
 */
export function defineConfig<const C extends ConfigInput>(config: C): C {
  return config
}
