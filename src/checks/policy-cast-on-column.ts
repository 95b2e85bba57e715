import { conjuncts } from '../policy/conjuncts.ts'
import { isOwnRow } from '../policy/current-tenant.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { literal } from '../sql/literal.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { appliesToApp, ownPolicies } from './facts/policies.ts'
import { replaceConjuncts, rewrittenPolicy, textsOf } from './facts/rewritten-policy.ts'
import { decision } from './facts/statements.ts'

export const policyCastOnColumn: Check = tableCheck(
  {
    id: 'policy-cast-on-column',
    level: 'medium',
    title: 'A policy casts the tenant column',
    why: 'No index on the column serves the comparison: every statement reads the rows of all tenants.',
    link: 'https://www.postgresql.org/docs/current/indexes-expressional.html',
    broken: `alter policy comment_access on public.comments
  using (tenant_id::text = (select current_setting('app.tenant_id', true)))`,
    fixed: `alter policy comment_access on public.comments
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
  },
  (state, context) => {
    const { table } = state
    const isWrong = (text: string) => castsAway(text, table)
    return ownPolicies(state)
      .filter((policy) => appliesToApp(policy, context) && textsOf(policy).some(isWrong))
      .map((policy) => ({
        summary: `Policy ${policy.name} casts ${identifier(table.column)}.`,
        fix: textsOf(policy)
          .flatMap(conjuncts)
          .filter(isWrong)
          .every((part) => isOwnRowWithCast(part, table))
          ? rewrittenPolicy(table, policy, (text) =>
              replaceConjuncts(text, isWrong, isOwnRow(table).sql),
            )
          : decision(
              `Write the condition of policy ${policy.name} without the cast of the column:`,
              isOwnRow(table).sql,
            ),
      }))
  },
)

/** The part compares the column with the tenant and does no more, so that it can be replaced. */
function isOwnRowWithCast(part: string, { setting }: TenantTable): boolean {
  const isAlone = !/ (?:OR|AND|IS|IN|ANY|NOT|WHEN) |<|>/.test(part)
  return (
    isAlone &&
    part.split(' = ').length === 2 &&
    part.includes(`current_setting(${literal(setting)}::text`)
  )
}

// The comparison of varchar as text, and of a domain as its base type, can use the index.
function castsAway(text: string, { column, type, isDomain }: TenantTable): boolean {
  const harmless: readonly string[] = [
    ...(type === 'varchar' ? ['text', 'character varying'] : []),
    ...(isDomain ? [type] : []),
  ]
  const cast = `(${identifier(column)})::`
  return text
    .split(cast)
    .slice(1)
    .some((rest) => !harmless.some((name) => rest.startsWith(name)))
}
