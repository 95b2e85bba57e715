/** The setting that carries the tenant unless the config names another. Runtime and policies share it. */
export const DEFAULT_SETTING = 'app.tenant_id'

/** The tenant column of a table unless the config names another. */
export const DEFAULT_COLUMN = 'tenant_id'

/** The types a tenant column can have; a domain counts as its base type. */
export const TENANT_TYPES = ['uuid', 'text', 'varchar', 'integer', 'bigint'] as const

export type TenantType = (typeof TENANT_TYPES)[number]

/** The names of the tenant types in `pg_type.typname`. */
export const BASE_TYPES: Readonly<Record<TenantType, string>> = {
  uuid: 'uuid',
  text: 'text',
  varchar: 'varchar',
  integer: 'int4',
  bigint: 'int8',
}

const PART = '[\\p{L}_][\\p{L}\\p{N}_$]*'
const SETTING_NAME = new RegExp(`^${PART}(?:\\.${PART})+$`, 'u')

/**
 * PostgreSQL keeps names without a dot for itself, and each part must be a plain identifier:
 * `app.tenant-id` is refused with 42602.
 * https://www.postgresql.org/docs/current/runtime-config-custom.html
 */
export function isSettingName(name: string): boolean {
  return SETTING_NAME.test(name)
}
