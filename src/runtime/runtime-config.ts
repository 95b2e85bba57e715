import { lookupSchema } from '../config/lookup-schema.ts'
import { parseConfig } from '../config/parse-config.ts'
import type { TenancyInput } from '../config/tenancy-input.ts'
import type { TenantType } from '../config/tenant-setting.ts'
import { configInvalid } from '../errors/application.ts'
import type { Scope } from './scope.ts'
import type { Settings } from './scope-settings.ts'

/** The whole config, or the parts of it that the runtime reads. Every key that is given is checked. */
export interface RuntimeConfigInput extends TenancyInput, ScopeOptions {
  /** The command connects with it; the runtime takes its pools from the dialect. */
  readonly connection?: unknown
  /** Read by the command alone. */
  readonly migrations?: unknown
  /** Read by the command alone. */
  readonly audit?: unknown
  /** Read by the editor alone. */
  readonly $schema?: string
}

/**
 * Settings of PostgreSQL by scope. They ride with each statement, and none of them stays behind.
 */
export interface ScopeOptions {
  /**
   * Limits for the statements of a scope, such as `{ statement_timeout: '2s', work_mem: '16MB' }`. Asked
   * once for each outermost scope; the settings of a scope itself go before them.
   */
  readonly limits?: (scope: Scope) => Settings | undefined
  /** The name in `pg_stat_activity` and in the log of the server, for each statement. */
  readonly applicationName?: (scope: Scope) => string | undefined
  /** The schema of a tenant, where each has its own: `search_path` is that one, then `pg_temp`. */
  readonly schema?: (tenant: string) => string
}

/** The parts of the config that the runtime reads, checked and with their defaults: `tenancy.config`. */
export interface RuntimeConfig extends ScopeOptions {
  readonly setting: string
  readonly type: TenantType | undefined
  readonly adminRoles: readonly string[]
  readonly tables: readonly RuntimeTable[]
  /** The functions that give the tenant of a key. */
  readonly lookups: readonly RuntimeLookup[]
}

/** A lookup as the database has it: the function to call, and whether it gives several tenants. */
export interface RuntimeLookup {
  readonly schema: string
  readonly name: string
  readonly many: boolean
}

/** A tenant table, for the guard and the predicate. */
export interface RuntimeTable {
  /** Where a table of this name is the tenant table. */
  readonly schemas: readonly string[]
  readonly name: string
  readonly column: string
  readonly shared: boolean
  /** `boundary`: permissive policies of the user's own. */
  readonly access: 'full' | 'boundary'
}

/** @throws `CONFIG.INVALID` with every problem, and with the same text as the command */
export function runtimeConfig(input: RuntimeConfigInput): RuntimeConfig {
  const [config, options] = split(input)
  const { setting, type, roles, schemas, tables, lookups } = parseConfig(config)
  return {
    ...scopeOptions(options),
    setting,
    type,
    adminRoles: roles.admin,
    tables: tables.map(({ schema, name, column, shared, access }) => ({
      schemas: schema === undefined ? schemas : [schema],
      name,
      column,
      shared,
      access,
    })),
    lookups: lookups.map(({ name, table, many }) => ({
      schema: lookupSchema(table, schemas),
      name,
      many,
    })),
  }
}

const OPTIONS = ['limits', 'applicationName', 'schema'] as const

/**
 * The config, and the options that the runtime alone has. The parser refuses a value that is no
 * object.
 */
function split(input: RuntimeConfigInput): [config: RuntimeConfigInput, options: ScopeOptions] {
  if (typeof input !== 'object' || input === null) return [input, {}]
  if (!OPTIONS.some((key) => Object.hasOwn(input, key))) return [input, {}]
  const { limits, applicationName, schema, ...config } = input
  return [config as RuntimeConfigInput, { limits, applicationName, schema } as ScopeOptions]
}

function scopeOptions(options: ScopeOptions): ScopeOptions {
  const given = OPTIONS.filter((key) => options[key] !== undefined)
  const wrong = given.filter((key) => typeof options[key] !== 'function')
  if (wrong.length > 0) throw configInvalid(wrong.map((key) => `${key}: expected a function`))
  return Object.fromEntries(given.map((key) => [key, options[key]]))
}
