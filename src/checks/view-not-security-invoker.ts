import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { readAsCaller } from './facts/invoker.ts'
import { viewsOfOthers } from './facts/reachable-views.ts'

export const viewNotSecurityInvoker: Check = defineCheck(
  {
    id: 'view-not-security-invoker',
    level: 'medium',
    title: 'A view does not read as its caller',
    why:
      'It is safe only as long as row security is forced on its owner, and shows no rows while no ' +
      'policy is for that owner.',
    link: 'https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-SECURITY',
    broken: `create view public.project_names as select name from public.projects;
alter view public.project_names owner to app_owner;
grant select on public.project_names to app_user`,
    fixed: 'drop view public.project_names',
    since: 150000,
    needs: 'appRoles',
  },
  (context) => {
    return viewsOfOthers(context).flatMap((run) => {
      const { view, runsAs, tables, bypasses } = run
      // Another finding: `view-bypasses-rls`.
      if (bypasses) return []
      return {
        object: qualifiedName(view),
        summary: `It reads ${tables.map(qualifiedName).join(', ')} as ${runsAs}.`,
        fix: readAsCaller(run, context),
      }
    })
  },
)
