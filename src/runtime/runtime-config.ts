import {
  DEFAULT_COLUMN,
  DEFAULT_SETTING,
  isSettingName,
  TENANT_TYPES,
  type TenantType,
} from '../config/tenant-setting.ts'
import { configInvalid } from '../errors/application.ts'
import { parseTableName } from '../sql/table-name.ts'

/** The part of the config that the runtime reads. The whole config may be given. */
export interface RuntimeConfigInput {
  readonly tenant?: {
    readonly column?: string
    /** Given, tenant ids are checked against it before anything is sent. */
    readonly type?: TenantType
    readonly setting?: string
  }
  readonly roles?: { readonly admin?: string | readonly string[] }
  readonly schemas?: readonly string[]
  readonly tables: readonly string[] | Readonly<Record<string, RuntimeTableInput>>
}

/** The rest is the business of policies and migrations. */
interface RuntimeTableInput {
  readonly column?: string
  readonly shared?: boolean
  readonly access?: 'full' | 'boundary'
  readonly backfill?: { readonly parent: string } | { readonly tenant: string }
  readonly globalKeys?: readonly string[]
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

/** @throws `CONFIG.INVALID` with every problem. */
export function runtimeConfig(input: RuntimeConfigInput): RuntimeConfig {
  const problems: string[] = []
  const setting = (input.tenant?.setting ?? DEFAULT_SETTING).toLowerCase()
  if (!isSettingName(setting)) {
    problems.push(`tenant.setting: expected a name such as 'app.tenant_id', got '${setting}'`)
  }
  const type = input.tenant?.type
  if (type !== undefined && !TENANT_TYPES.includes(type)) {
    problems.push(`tenant.type: expected one of ${TENANT_TYPES.join(', ')}, got '${type}'`)
  }

  const schemas = input.schemas ?? ['public']
  const entries: readonly (readonly [string, RuntimeTableInput])[] = isList(input.tables)
    ? input.tables.map((name) => [name, {}])
    : Object.entries(input.tables)
  const tables = entries.flatMap(([key, { column, shared = false }]): RuntimeTable[] => {
    const reference = parseTableName(key)
    if (!reference) problems.push(`tables.${key}: expected 'table' or 'schema.table'`)
    if (!reference) return []
    return [
      {
        schemas: reference.schema === undefined ? schemas : [reference.schema],
        name: reference.name,
        column: column ?? input.tenant?.column ?? DEFAULT_COLUMN,
        shared,
      },
    ]
  })
  if (tables.length === 0) problems.push('tables: name at least one tenant table')
  if (problems.length > 0) throw configInvalid(problems)

  return { setting, type, adminRoles: [input.roles?.admin ?? []].flat(), tables }
}

function isList(tables: RuntimeConfigInput['tables']): tables is readonly string[] {
  return Array.isArray(tables)
}
