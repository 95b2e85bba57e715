import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { privilegesOf, revokeGrants } from './facts/privileges.ts'

export const grantToPublic: Check = tableCheck(
  {
    id: 'grant-to-public',
    level: 'medium',
    title: 'Every role has a privilege on a tenant table',
    why: 'A privilege of public belongs to every role, those that are created later too.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'grant select on public.projects to public',
    fixed: 'revoke select on public.projects from public',
  },
  ({ relation }) => {
    const grants = relation.grants.filter(({ grantee }) => grantee === null)
    if (grants.length === 0) return
    return {
      summary: `Every role has ${privilegesOf(grants).join(', ')}.`,
      fix: revokeGrants(grants, qualifiedName(relation)),
    }
  },
)
