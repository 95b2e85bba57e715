import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { grantees, grantsToApp, revokeGrants } from './facts/privileges.ts'
import { statements } from './facts/statements.ts'

export const sequenceWritable: Check = defineCheck(
  {
    id: 'sequence-writable',
    level: 'low',
    title: 'The application may reset a sequence',
    why: 'One setval by one tenant makes the inserts of all tenants fail. USAGE is enough for nextval.',
    link: 'https://www.postgresql.org/docs/current/functions-sequence.html',
    broken: 'create sequence public.numbers; grant update on sequence public.numbers to app_user',
    fixed: 'revoke update on sequence public.numbers from app_user',
    needs: 'appRoles',
  },
  (context) =>
    context.snapshot.relations.flatMap((relation) => {
      const grants = relation.kind === 'sequence' ? grantsToApp(['UPDATE'], relation, context) : []
      if (grants.length === 0) return []
      return {
        object: qualifiedName(relation),
        summary: 'The application may call setval on it.',
        // Without UPDATE, nextval needs USAGE.
        fix: statements([
          `grant usage on sequence ${qualifiedName(relation)} to ${grantees(grants.map(({ grantee }) => grantee))}`,
          revokeGrants(grants, `sequence ${qualifiedName(relation)}`),
        ]),
      }
    }),
)
