import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { revokePrivileges, rolesWith } from './facts/privileges.ts'
import { decision } from './facts/statements.ts'
import { reachOf } from './facts/views.ts'

export const materializedViewExposed: Check = defineCheck(
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
    needs: 'appRoles',
  },
  (context) =>
    context.snapshot.relations.flatMap((view) => {
      const [role] = rolesWith(['SELECT'], view, context)
      if (view.kind !== 'materialized view' || role === undefined) return []
      const tables = reachOf(view, role, context).map(({ relation }) => qualifiedName(relation))
      if (tables.length === 0) return []
      return {
        object: qualifiedName(view),
        summary: `${role} reads the rows that it stored of ${tables.join(', ')}.`,
        fix: decision(
          'Let the application read the rows of its tenant through a view with a condition, or not at all, then:',
          `  ${revokePrivileges(['SELECT'], view, context)}`,
        ),
      }
    }),
)
