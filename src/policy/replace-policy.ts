import { unusedName } from '../sql/unused-name.ts'
import {
  createPolicy,
  dropPolicy,
  markPolicy,
  POLICY_MARKER,
  renamePolicy,
  type TenantPolicy,
} from './tenant-policies.ts'
import type { TenantTable } from './tenant-table.ts'

/** The statements that put a policy in the place of the one of its name, in the order they run. */
export interface PolicyReplacement {
  /** The name of the new policy until the old one is gone: no other policy of the table has it. */
  readonly temporary: string
  readonly create: string
  readonly mark: string
  readonly drop: string
  readonly rename: string
}

/**
 * PostgreSQL alters neither the command nor the kind of a policy, and takes no clause away. The new policy
 * is there before the old one goes, so that the table is never without it.
 * https://www.postgresql.org/docs/current/sql-alterpolicy.html
 *
 * @param policies all policies of the table
 */
export function replacePolicy(
  table: Pick<TenantTable, 'schema' | 'name'>,
  policy: TenantPolicy,
  policies: readonly { readonly name: string }[],
  comment: string | null = POLICY_MARKER,
): PolicyReplacement {
  const names = policies.map(({ name }) => name)
  const temporary = unusedName(policy.name, '_new', names)
  return {
    temporary,
    create: createPolicy(table, { ...policy, name: temporary }),
    mark: markPolicy(table, temporary, comment),
    drop: dropPolicy(table, policy.name),
    rename: renamePolicy(table, temporary, policy.name),
  }
}
