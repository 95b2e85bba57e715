import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { roadMap } from './facts/roads.ts'

const HOLDS: Readonly<Record<string, string>> = {
  pg_authid: 'the hashes of all passwords',
  pg_shadow: 'the hashes of all passwords',
  pg_statistic: 'values of the rows of every tenant',
  pg_statistic_ext_data: 'values of the rows of every tenant',
  pg_largeobject: 'every large object',
  pg_user_mapping: 'the logins on other servers',
  pg_subscription: 'the logins on other servers',
}

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
      return {
        object: `pg_catalog.${relation}`,
        summary: `${user.who} has ${privilege} on it; it holds ${HOLDS[relation] ?? 'what no role should see'}.`,
        fix: `revoke ${privilege.toLowerCase()} on pg_catalog.${relation} from ${grantee === null ? 'public' : identifier(grantee)}`,
      }
    })
  },
)
