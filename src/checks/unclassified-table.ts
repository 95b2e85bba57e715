import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { unlisted } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { ROW_PRIVILEGES, revokePrivileges, rolesWith } from './facts/privileges.ts'
import { revokeFromApp } from './facts/revoke-from-app.ts'
import { cutRoads, roadMap } from './facts/roads.ts'
import { decision } from './facts/statements.ts'

export const unclassifiedTable: Check = defineCheck(
  {
    id: 'unclassified-table',
    level: 'high',
    title: 'The application reaches a table that the config does not name',
    why: 'No policy filters its rows by tenant, and the config does not say that they belong to no tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `create table public.notes (body text);
grant select on public.notes to app_user`,
    fixed: 'revoke select on public.notes from app_user',
    needs: 'appRoles',
  },
  (context) => {
    const open = withoutRowSecurity(context)
    const known = new Set([
      ...open.map(({ object }) => object),
      // Another finding: `unlisted-table-with-tenant-column`.
      ...unlisted(context).flatMap(({ relation, tenantColumn }) =>
        tenantColumn ? qualifiedName(relation) : [],
      ),
    ])
    return [...open, ...onRoads(context, known)]
  },
)

function withoutRowSecurity(context: CheckContext): Problem[] {
  return unlisted(context).flatMap(({ relation, tenantColumn }) => {
    // Other findings: `unlisted-table-with-tenant-column`, `foreign-table-with-tenant-data`.
    if (relation.rlsEnabled || tenantColumn) return []
    const [role] = rolesWith(ROW_PRIVILEGES, relation, context)
    if (role === undefined) return []
    return {
      object: qualifiedName(relation),
      summary: `${role} reaches it; it is neither listed nor global.`,
      fix: fixOf(revokePrivileges(ROW_PRIVILEGES, relation, context)),
    }
  })
}

/** Those whose own policies let every row through, and members of extensions that were opened. */
function onRoads(context: CheckContext, known: ReadonlySet<string>): Problem[] {
  const tenancy = roadMap(context)?.tenancy
  return cutRoads(context, ({ crossing, kind, relation }) => {
    const standing = tenancy?.standingOf(relation)
    return (
      crossing.kind === 'relation' &&
      kind === 'data' &&
      standing === 'unlisted' &&
      !known.has(qualifiedName(relation))
    )
  }).map(({ road, summary }) => ({
    object: qualifiedName(road.relation),
    summary,
    road: road.steps,
    fix: fixOf(revokeFromApp(road.relation, context)),
  }))
}

function fixOf(revoke: string): string {
  return decision(
    'List it under `tables` and run migrate:rls, or under `global` if its rows are of no tenant.',
    'If the application does not need it:',
    `  ${revoke}`,
  )
}
