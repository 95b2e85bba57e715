import { isEquivalent, isExact } from '../policy/policy-match.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { type Check, type Result, tableCheck } from './check.ts'
import { appliesToApp, ownPolicies, policyPairs } from './facts/policies.ts'
import { restorePolicy } from './facts/protection.ts'

export const policyUsingWithoutCheck: Check = tableCheck(
  {
    id: 'policy-using-without-check',
    level: 'low',
    title: 'A policy does not say which rows may be written',
    why:
      'Without WITH CHECK the condition for reading also decides what may be written: widening it for ' +
      'readers, as in `or is_public`, then allows writing rows of other tenants.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `drop policy comment_access on public.comments;
create policy comment_access on public.comments to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    fixed: `alter policy comment_access on public.comments
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
  },
  (state, context) => [
    // Where the policy differs in more than that, it is another finding, whose fix mends this too.
    ...policyPairs(state)
      .filter((pair) => isEquivalent(pair) && !isExact(pair))
      .map((pair) => problem(pair.wanted.name, restorePolicy(state.table, pair))),
    ...ownPolicies(state)
      .filter(
        ({ permissive, command }) => permissive && (command === 'all' || command === 'update'),
      )
      .filter((policy) => policy.check === null && appliesToApp(policy, context))
      .flatMap(({ name, using }) =>
        using === null ? [] : problem(name, addCheck(state.relation, name, using)),
      ),
  ],
)

function problem(name: string, fix: string): Result {
  return { summary: `Policy ${name} has no WITH CHECK.`, fix }
}

function addCheck(table: TableName, name: string, check: string): string {
  return `alter policy ${identifier(name)} on ${qualifiedName(table)}\n  with check (${check})`
}
