import type { Check } from './check.ts'
import { revokeExecuteFromApp } from './facts/revoke-from-app.ts'
import { roadCheck } from './facts/road-check.ts'
import { roadMap } from './facts/roads.ts'
import { decision } from './facts/statements.ts'

export const functionSecurityDefiner: Check = roadCheck(
  {
    id: 'function-security-definer',
    level: 'high',
    title: 'The application runs a function that row security does not hold',
    why:
      'A SECURITY DEFINER function runs as its owner, whether it is called, or stands in a default, a ' +
      'constraint, an index, a view, a policy or an aggregate. Only its own body keeps it from the rows of ' +
      'every tenant.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
    broken: `create function public.project_count() returns bigint language sql security definer
  set search_path = pg_catalog, pg_temp
  as 'select count(*) from public.projects'`,
    fixed: 'revoke execute on function public.project_count() from public',
  },
  // Other findings: `unlisted-table-reached`, `foreign-table-reached`.
  ({ crossing, kind }) =>
    crossing.kind === 'function' && ['rows', 'stored', 'anything'].includes(kind),
  ({ road: { crossing }, summary }, context) => {
    if (crossing.kind !== 'function') return
    const { fn } = crossing
    if (roadMap(context)?.index.isCalledByPolicy(fn.id)) {
      return {
        object: fn.signature,
        summary: `${summary} A policy needs it: read its body.`,
        fix: decision(
          'See that its body tells no more than the policy needs, and waive this finding for this body.',
        ),
        evidence: fn.bodyHash,
      }
    }
    return {
      object: fn.signature,
      fix: decision(
        'If the application does not need it:',
        `  ${revokeExecuteFromApp(fn, context)}`,
        'If it does, let it run as its caller, or as a role that row security holds and that has only the privileges it needs:',
        `  alter ${fn.kind} ${fn.signature} security invoker`,
        `  alter ${fn.kind} ${fn.signature} owner to …`,
      ),
      evidence: fn.bodyHash,
    }
  },
)
