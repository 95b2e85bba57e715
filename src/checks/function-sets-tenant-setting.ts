import type { FunctionState } from '../catalog/function-state.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { revokeExecute } from './facts/privileges.ts'
import { plainAppRoles } from './facts/roles.ts'
import { decision, statements } from './facts/statements.ts'

const IDENTITY: readonly string[] = ['role', 'session_authorization']

const ALSO: readonly string[] = [...IDENTITY, 'row_security']

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
    fixed: 'alter function public.demo_count() reset app.tenant_id',
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot, wanted } = context
    const roles = plainAppRoles(context)
    const names = [wanted.setting.toLowerCase(), ...ALSO]
    return snapshot.functions.flatMap((fn) => {
      const found = fn.settings.filter((setting) => {
        return names.includes(nameOf(setting).toLowerCase())
      })
      const isCalled = fn.callers.some((caller) => roles.includes(caller))
      if (found.length === 0 || !isCalled || fn.inExtension) return []
      return {
        object: fn.signature,
        summary: `The application may call it; it runs with ${found.join(', ')}.`,
        fix: reset(fn, found, context),
      }
    })
  },
)

/** As its caller the function has the tenant of the caller; the privileges of another role it would miss. */
function reset(fn: FunctionState, settings: readonly string[], context: CheckContext): string {
  const names = settings.map(nameOf)
  const resets = names.map(
    (name) => `alter ${fn.kind} ${fn.signature} reset ${name.split('.').map(identifier).join('.')}`,
  )
  if (!names.some((name) => IDENTITY.includes(name.toLowerCase()))) return statements(resets)
  return decision(
    'If the application does not need it:',
    `  ${revokeExecute(fn, context)}`,
    'If it does, and its caller has the privileges that it needs:',
    ...resets.map((statement) => `  ${statement}`),
  )
}

function nameOf(setting: string): string {
  return setting.split('=')[0] ?? ''
}
