import type { ColumnState } from '../catalog/relation-state.ts'
import type { TenantType } from '../config/tenant-setting.ts'

const TYPES: Readonly<Record<string, TenantType>> = {
  uuid: 'uuid',
  text: 'text',
  varchar: 'varchar',
  int4: 'integer',
  int8: 'bigint',
}

/** Undefined: a column like this cannot hold the tenant. */
export function tenantTypeOf({ baseType }: ColumnState): TenantType | undefined {
  return TYPES[baseType]
}

/** @param wanted what `tenant.type` says */
export function typeProblem(
  { type, baseType }: ColumnState,
  wanted: TenantType | undefined,
): string | undefined {
  const tenantType = TYPES[baseType]
  if (!tenantType) {
    return `${type}; a tenant column is ${Object.values(TYPES).join(', ')} or a domain over one of them.`
  }
  if (!wanted || wanted === tenantType) return undefined
  return `${type}, and \`tenant.type\` says ${wanted}.`
}
