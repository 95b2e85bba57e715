import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { appliesToApp } from './facts/policies.ts'

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
  ({ relation }, context) =>
    relation.policies
      .filter(
        ({ permissive, command }) => permissive && (command === 'all' || command === 'update'),
      )
      .filter((policy) => policy.check === null && appliesToApp(policy, context))
      .flatMap(({ name, using }) =>
        using === null
          ? []
          : {
              summary: `Policy ${name} has no WITH CHECK.`,
              fix: `alter policy ${identifier(name)} on ${qualifiedName(relation)}\n  with check (${using})`,
            },
      ),
)
