import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import { revokeExecute } from './facts/privileges.ts'
import { isUnbound, plainAppRoles } from './facts/roles.ts'
import { decision } from './facts/statements.ts'

export const functionSecurityDefiner: Check = defineCheck(
  {
    id: 'function-security-definer',
    level: 'high',
    title: 'The application may call a function that row security does not hold',
    why:
      'A SECURITY DEFINER function runs as its owner. Only its own body keeps it from reading every ' +
      'tenant.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
    broken: `create function public.project_count() returns bigint language sql security definer
  set search_path = pg_catalog, pg_temp
  as 'select count(*) from public.projects'`,
    fixed: 'revoke execute on function public.project_count() from public',
    needs: 'appRoles',
  },
  (context) => {
    const roles = plainAppRoles(context)
    const tables = checkedTables(context).map(({ relation }) => relation)
    return context.snapshot.functions.flatMap((fn) => {
      const isOurs = fn.securityDefiner && !fn.isBuiltIn && !fn.inExtension && !fn.isTrigger
      const caller = fn.callers.find((role) => roles.includes(role) && role !== fn.owner)
      if (!isOurs || caller === undefined) return []
      const open = tables.filter((table) => isUnbound(context.snapshot, fn.owner, table))
      if (open.length === 0) return []
      return {
        object: fn.signature,
        summary: `${caller} may call it; it runs as ${fn.owner}, which sees every tenant of ${tablesOf(open.map(qualifiedName))}.`,
        fix: decision(
          'If the application does not need it:',
          `  ${revokeExecute(fn, context)}`,
          'If it does, let it run as its caller, or as a role that row security holds and that has only the privileges it needs:',
          `  alter ${fn.kind} ${fn.signature} security invoker`,
          `  alter ${fn.kind} ${fn.signature} owner to …`,
        ),
        evidence: fn.bodyHash,
      }
    })
  },
)

function tablesOf([first, ...others]: readonly string[]): string {
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`
}
