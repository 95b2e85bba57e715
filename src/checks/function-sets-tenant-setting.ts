import { type Check, defineCheck } from './check.ts'
import { revokeExecute } from './facts/privileges.ts'
import { plainAppRoles } from './facts/roles.ts'

const ALSO: readonly string[] = ['role', 'session_authorization', 'row_security']

export const functionSetsTenantSetting: Check = defineCheck(
  {
    id: 'function-sets-tenant-setting',
    level: 'high',
    title: 'A function sets the tenant itself',
    why: 'A SET clause on a function holds while it runs: every caller reads as that tenant.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html',
    broken: `create function public.demo_count() returns bigint language sql
  set app.tenant_id = '00000000-0000-4000-8000-000000000001'
  as 'select count(*) from public.projects'`,
    fixed: 'revoke execute on function public.demo_count() from public',
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot, wanted } = context
    const roles = plainAppRoles(context)
    const names = [wanted.setting.toLowerCase(), ...ALSO]
    return snapshot.functions.flatMap((fn) => {
      const found = fn.settings.filter((setting) => {
        return names.includes(setting.split('=')[0]?.toLowerCase() ?? '')
      })
      const isCalled = fn.callers.some((caller) => roles.includes(caller))
      if (found.length === 0 || !isCalled || fn.inExtension) return []
      return {
        object: fn.signature,
        summary: `The application may call it; it runs with ${found.join(', ')}.`,
        fix: revokeExecute(fn, context),
      }
    })
  },
)
