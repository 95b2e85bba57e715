import { parseConfig } from '../config/parse-config.ts'
import type { TenancyInput } from '../config/tenancy-input.ts'
import type { TenantType } from '../config/tenant-setting.ts'

/** The whole config, or the parts of it that the runtime reads. Every key that is given is checked. */
export interface RuntimeConfigInput extends TenancyInput {
  /** The command connects with it; the runtime takes its pools from the dialect. */
  readonly connection?: unknown
  /** Read by the command alone. */
  readonly migrations?: unknown
  /** Read by the command alone. */
  readonly audit?: unknown
  /** Read by the editor alone. */
  readonly $schema?: string
}

export interface RuntimeConfig {
  readonly setting: string
  readonly type: TenantType | undefined
  readonly adminRoles: readonly string[]
  readonly tables: readonly RuntimeTable[]
}

export interface RuntimeTable {
  /** Where a table of this name is the tenant table. */
  readonly schemas: readonly string[]
  readonly name: string
  readonly column: string
  readonly shared: boolean
}

/** @throws `CONFIG.INVALID` with every problem, and with the same text as the command */
export function runtimeConfig(input: RuntimeConfigInput): RuntimeConfig {
  const { setting, type, roles, schemas, tables } = parseConfig(input)
  return {
    setting,
    type,
    adminRoles: roles.admin,
    tables: tables.map(({ schema, name, column, shared }) => ({
      schemas: schema === undefined ? schemas : [schema],
      name,
      column,
      shared,
    })),
  }
}
