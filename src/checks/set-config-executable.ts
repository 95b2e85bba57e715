import { type Check, defineCheck } from './check.ts'
import { revokeExecute } from './facts/privileges.ts'
import { plainAppRoles } from './facts/roles.ts'

export const setConfigExecutable: Check = defineCheck(
  {
    id: 'set-config-executable',
    level: 'info',
    title: 'Any expression can change the tenant',
    why:
      'SQL that was injected into one SELECT can call set_config and read as another tenant. Revoking ' +
      'it needs a strategy that does not call set_config itself; restoring a dump calls it.',
    link: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET',
    broken: 'grant execute on function pg_catalog.set_config(text, text, boolean) to app_user',
    fixed:
      'revoke execute on function pg_catalog.set_config(text, text, boolean) from public, app_user',
    isOptIn: true,
    needs: 'appRoles',
  },
  (context) => {
    const roles = plainAppRoles(context)
    return context.snapshot.functions
      .filter(({ name, isBuiltIn }) => isBuiltIn && name === 'set_config')
      .filter(({ callers }) => callers.some((caller) => roles.includes(caller)))
      .map((fn) => ({
        object: fn.signature,
        summary: 'The application may call it.',
        fix: revokeExecute(fn, context),
      }))
  },
)
