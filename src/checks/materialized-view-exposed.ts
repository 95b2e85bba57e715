import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { revokeFromApp } from './facts/revoke-from-app.ts'
import { roadCheck } from './facts/road-check.ts'
import { decision } from './facts/statements.ts'

export const materializedViewExposed: Check = roadCheck(
  {
    id: 'materialized-view-exposed',
    level: 'critical',
    title: 'The application reads a materialized view of tenant rows',
    why: 'A materialized view has no row security: every role that may read it reads every tenant.',
    link: 'https://www.postgresql.org/docs/current/rules-privileges.html',
    broken: `create materialized view public.project_count as
  select tenant_id, count(*) from public.projects group by tenant_id;
grant select on public.project_count to app_user`,
    fixed: 'revoke select on public.project_count from app_user',
  },
  ({ crossing, kind, relation }) =>
    ['relation', 'view'].includes(crossing.kind) &&
    (kind === 'stored' || (kind === 'data' && relation.kind === 'materialized view')),
  ({ road: { crossing } }, context) => {
    if (crossing.kind !== 'relation' && crossing.kind !== 'view') return
    return {
      object: qualifiedName(crossing.relation),
      fix: decision(
        'Let the application read the rows of its tenant through a view with a condition, or not at all, then:',
        `  ${revokeFromApp(crossing.relation, context)}`,
      ),
    }
  },
)
