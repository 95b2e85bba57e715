import { policyViolation, tenantViolation } from '../errors/application.ts'
import type { TenancyError } from '../errors/tenancy-error.ts'
import type { RuntimeTable } from './runtime-config.ts'
import { describeScope, type Scope } from './scope.ts'

// The marks of every language that PostgreSQL speaks; some put a space inside them.
const QUOTED = /["“”„«»‹›「」][\s\u00a0]*([^"“”„«»‹›「」]+?)[\s\u00a0]*["“”„«»‹›「」]/gu
const OURS = /^tenant_(?:access|isolation)/

/**
 * The error for a row that a policy has refused. PostgreSQL names the table, and a restrictive policy,
 * inside a translated message only; a permissive policy is not named, since all of them have refused.
 *
 * @returns `TENANT.VIOLATION` where a policy for the tenant has refused it, else `POLICY.VIOLATION`
 */
export function violationOf(
  error: Error,
  scope: Scope,
  tables: readonly RuntimeTable[],
): TenancyError {
  const names = Array.from(error.message.matchAll(QUOTED), ([, name]) => name ?? '')
  const table = tables.find(({ name }) => names.includes(name))
  const others = names.filter((name) => name !== table?.name)
  const isOurs =
    table !== undefined &&
    (others.length > 0 ? others.some((name) => OURS.test(name)) : table.access === 'full')
  return isOurs
    ? tenantViolation(describeScope(scope), table.name, error)
    : policyViolation(table?.name ?? names.at(-1), table && others[0], error)
}
