import { identifier } from '../sql/quote.ts'
import { grouped } from '../util/grouped.ts'
import { APP_PRIVILEGES } from '../wanted/missing-privileges.ts'
import { type Check, defineCheck } from './check.ts'
import { grantees, grantsToApp } from './facts/privileges.ts'

export const defaultPrivilegesTooWide: Check = defineCheck(
  {
    id: 'default-privileges-too-wide',
    level: 'medium',
    title: 'The application gets privileges on every new table',
    why: 'A new table is reachable as soon as it exists, and protected only when a migration does it.',
    link: 'https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html',
    broken: `alter default privileges for role app_owner in schema public
  grant select on tables to app_user`,
    fixed: `alter default privileges for role app_owner in schema public
  revoke select on tables from app_user`,
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot, wanted } = context
    // The config asks for these: the next migration protects the table, `unclassified-table` finds it before.
    const asked = wanted.parts.includes('grants') ? APP_PRIVILEGES : []
    const reaching = snapshot.defaultGrants.filter(
      (grant) =>
        grant.kind === 'tables' &&
        !(asked.includes(grant.privilege) && grant.grantee !== null) &&
        grantsToApp([grant.privilege], { owner: grant.creator, grants: [grant] }, context).length >
          0,
    )
    // One statement revokes what one grantee has of one creator in one schema.
    const together = grouped(reaching, ({ creator, schema, grantee }) =>
      JSON.stringify([creator, schema, grantee]),
    )
    return [...together.values()].map((grants) => {
      const [{ creator, schema, grantee }] = grants
      const privileges = grants.map(({ privilege }) => privilege)
      const where = schema === null ? '' : ` in schema ${identifier(schema)}`
      return {
        object: `tables of ${creator}${where}`,
        level: privileges.includes('TRUNCATE') ? 'high' : 'medium',
        summary: `${grantee ?? 'public'} gets ${privileges.join(', ')} on every new table.`,
        fix: [
          `alter default privileges for role ${identifier(creator)}${where}`,
          `  revoke ${privileges.join(', ').toLowerCase()} on tables from ${grantees([grantee])}`,
        ].join('\n'),
      }
    })
  },
)
