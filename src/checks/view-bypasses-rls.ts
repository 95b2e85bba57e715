import { isOwnRow } from '../policy/current-tenant.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { checkedTablesByName } from './facts/checked-tables.ts'
import { readAsCaller } from './facts/invoker.ts'
import { viewsOfOthers } from './facts/reachable-views.ts'
import { decision } from './facts/statements.ts'

export const viewBypassesRls: Check = defineCheck(
  {
    id: 'view-bypasses-rls',
    level: 'critical',
    title: 'A view shows every tenant',
    why: 'A view reads with the rights of its owner, and row security does not hold the owner of this one.',
    link: 'https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-SECURITY',
    broken: `create view public.project_names as select name from public.projects;
grant select on public.project_names to app_user`,
    fixed: 'drop view public.project_names',
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot } = context
    const own = checkedTablesByName(context)
    return viewsOfOthers(context).flatMap((run) => {
      const { view, runsAs, decidedBy, tables, bypasses } = run
      if (!bypasses) return []
      const demands = tables.flatMap((table) => own.get(qualifiedName(table)) ?? [])
      const inner = decidedBy === view ? '' : ` inside ${qualifiedName(decidedBy)}`
      return {
        object: qualifiedName(view),
        summary: `It reads ${tables.map(qualifiedName).join(', ')} as ${runsAs}${inner}, which row security does not hold.`,
        fix:
          snapshot.serverVersion >= 150000
            ? readAsCaller(run, context)
            : decision(
                `Before PostgreSQL 15 no view reads as its caller. Create ${qualifiedName(decidedBy)} again`,
                `with (security_barrier), and with the tenant in its condition: ${demands.map(({ table }) => isOwnRow(table).sql).join(', ')}`,
              ),
      }
    })
  },
)
