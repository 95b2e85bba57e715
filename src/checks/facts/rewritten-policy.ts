import type { PolicyState } from '../../catalog/policy-state.ts'
import { conjuncts } from '../../policy/conjuncts.ts'
import type { Expression } from '../../policy/current-tenant.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'

/** Rewrites the conditions of a policy, and leaves the rest of it as it is. */
export function rewrittenPolicy(
  table: TableName,
  { name, using, check }: Pick<PolicyState, 'name' | 'using' | 'check'>,
  rewrite: (condition: string) => string,
): string {
  return [
    `alter policy ${identifier(name)} on ${qualifiedName(table)}`,
    ...(using === null ? [] : [`  using (${rewrite(using)})`]),
    ...(check === null ? [] : [`  with check (${rewrite(check)})`]),
  ].join('\n')
}

/** Demands the own row beside what the condition demands: it lets no row through that it held back. */
export function ownRowAnd(condition: string, own: Expression): string {
  return conjuncts(condition).includes(own.deparsed) ? condition : `${own.sql} and (${condition})`
}

/** Replaces those parts of a condition, all of which must be true, that `isWrong` picks. */
export function replaceConjuncts(
  condition: string,
  isWrong: (part: string) => boolean,
  replacement: string,
): string {
  const parts = conjuncts(condition)
  if (!parts.some(isWrong)) return condition
  return [...new Set(parts.map((part) => (isWrong(part) ? replacement : part)))].join(' and ')
}

/** The conditions of a policy, without telling its clauses apart. */
export function textsOf({ using, check }: PolicyState): string[] {
  return [using, check].flatMap((text) => text ?? [])
}
