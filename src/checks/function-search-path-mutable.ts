import { type Check, defineCheck } from './check.ts'
import { pinSearchPath, pinsSearchPath } from './facts/functions.ts'
import { plainAppRoles } from './facts/roles.ts'

export const functionSearchPathMutable: Check = defineCheck(
  {
    id: 'function-search-path-mutable',
    level: 'medium',
    title: 'The caller decides which objects a SECURITY DEFINER function finds',
    why:
      'Without a search_path of its own the function runs with that of its caller, who puts a table ' +
      'or an operator in the way and has it used with the rights of the owner.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
    broken: `create function public.today() returns date language sql security definer
  as 'select current_date';
alter function public.today() owner to app_owner`,
    fixed: 'alter function public.today() set search_path = pg_catalog, pg_temp',
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot, wanted } = context
    const roles = plainAppRoles(context)
    return snapshot.functions
      .filter(({ securityDefiner, isBuiltIn, inExtension, schema }) => {
        return securityDefiner && !isBuiltIn && !inExtension && wanted.schemas.includes(schema)
      })
      .filter((fn) => fn.callers.some((caller) => roles.includes(caller)) && !pinsSearchPath(fn))
      .map((fn) => ({
        object: fn.signature,
        summary: `It runs as ${fn.owner} with the search_path of its caller.`,
        fix: pinSearchPath(fn, context),
      }))
  },
)
