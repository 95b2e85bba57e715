import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { grantsToApp, revokeGrants } from './facts/privileges.ts'

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
        fix: revokeGrants(grants, `sequence ${qualifiedName(relation)}`),
      }
    }),
)
