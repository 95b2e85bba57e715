import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { viewsOfOthers } from './facts/reachable-views.ts'
import { isUnbound } from './facts/roles.ts'

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
    return viewsOfOthers(context).flatMap(({ view, runsAs, decidedBy, tables, bypasses }) => {
      if (!bypasses) return []
      const heldOwner = tables.find(({ owner, ...table }) => {
        return !isUnbound(snapshot, owner, { owner, ...table })
      })?.owner
      const inner = decidedBy === view ? '' : ` inside ${qualifiedName(decidedBy)}`
      return {
        object: qualifiedName(view),
        summary: `It reads ${tables.map(qualifiedName).join(', ')} as ${runsAs}${inner}, which row security does not hold.`,
        fix:
          snapshot.serverVersion >= 150000
            ? `alter view ${qualifiedName(decidedBy)} set (security_invoker = true)`
            : heldOwner === undefined
              ? `-- Force row security on the tables, and let their owner own ${qualifiedName(decidedBy)}.`
              : `alter view ${qualifiedName(decidedBy)} owner to ${identifier(heldOwner)}`,
      }
    })
  },
)
