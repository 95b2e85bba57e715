import { CLOSED_CATALOGS } from '../catalog/reach/closed-catalogs.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { roadMap } from './facts/roads.ts'

export const catalogReadable: Check = defineCheck(
  {
    id: 'catalog-readable',
    level: 'high',
    title: 'The application reads tables of the catalog that are closed by default',
    why:
      'The statistics hold values out of the rows of every tenant, others hold passwords, and none of ' +
      'them has row security.',
    link: 'https://www.postgresql.org/docs/current/catalog-pg-statistic.html',
    broken: 'grant select on pg_catalog.pg_statistic to app_user',
    fixed: 'revoke select on pg_catalog.pg_statistic from app_user',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const roles = rolesOfApp(context)
    return (map?.context.snapshot.reach.catalogGrants ?? []).flatMap((grant) => {
      const { relation, grantee, privilege } = grant
      const user = roles.find(
        ({ role }) => grantee === null || map?.graph.inherited(role).has(grantee),
      )
      // Another finding: `app-role-predefined`.
      if (!user || grantee?.startsWith('pg_')) return []
      const table = `${relation.startsWith('pg_toast_') ? 'pg_toast' : 'pg_catalog'}.${relation}`
      return {
        object: table,
        summary: `${user.who} has ${privilege} on it; it holds ${CLOSED_CATALOGS[relation] ?? 'long values of the rows of every tenant'}.`,
        fix: `revoke ${privilege.toLowerCase()} on ${table} from ${grantee === null ? 'public' : identifier(grantee)}`,
      }
    })
  },
)
