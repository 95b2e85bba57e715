import { type Check, tableCheck } from './check.ts'
import { statements } from './facts/statements.ts'

export const policyImmutableFunction: Check = tableCheck(
  {
    id: 'policy-immutable-function',
    level: 'critical',
    title: 'A policy calls a function that is declared IMMUTABLE',
    why:
      'PostgreSQL computes an IMMUTABLE function once and keeps the result in cached plans: a ' +
      'statement prepared for one tenant then serves its rows to another.',
    link: 'https://www.postgresql.org/docs/current/xfunc-volatility.html',
    broken: `create function public.current_tenant() returns uuid language sql immutable parallel safe
  return nullif(current_setting('app.tenant_id', true), '')::uuid;
create policy only_current on public.projects as restrictive to app_user
  using (tenant_id = public.current_tenant())`,
    fixed: 'alter function public.current_tenant() stable',
  },
  ({ relation }, { snapshot }) =>
    relation.policies.flatMap((policy) => {
      const immutable = snapshot.functions.filter(
        ({ signature, volatility, language }) =>
          policy.functions.includes(signature) &&
          volatility === 'immutable' &&
          language !== 'internal' &&
          language !== 'c',
      )
      if (immutable.length === 0) return []
      return {
        summary: `Policy ${policy.name} calls ${immutable.map(({ signature }) => signature).join(', ')}.`,
        fix: statements(immutable.map(({ signature }) => `alter function ${signature} stable`)),
      }
    }),
)
