import type { ReachFunction } from '../catalog/reach/reach-facts.ts'
import { codeBehind } from '../reach/code-behind.ts'
import type { RoadMap } from '../reach/road-map.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { revokeExecuteFromApp } from './facts/revoke-from-app.ts'
import { roadMap } from './facts/roads.ts'
import { decision, statements } from './facts/statements.ts'

const IDENTITY: readonly string[] = ['role', 'session_authorization']

const ALSO: readonly string[] = [...IDENTITY, 'row_security']

export const functionSetsTenantSetting: Check = defineCheck(
  {
    id: 'function-sets-tenant-setting',
    level: 'high',
    title: 'A function sets the tenant itself',
    why:
      'A SET clause on a function holds while it runs: every caller reads as that tenant. So does ' +
      'set_config in its body, for the rest of the transaction or of the session.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html',
    broken: `create function public.demo_count() returns bigint language sql
  set app.tenant_id = '00000000-0000-4000-8000-000000000001'
  as 'select count(*) from public.projects'`,
    fixed: 'alter function public.demo_count() reset app.tenant_id',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    if (!map) return []
    const attached = attachedCode(map)
    const roles = rolesOfApp(context)
    return [...map.index.functions.values()].flatMap((fn) => {
      if (fn.isBuiltIn || fn.extension !== null || fn.returns === 'event trigger') return []
      if (map.lookups.has(fn.signature)) return []
      const isRun =
        attached.has(fn.id) ||
        (fn.returns !== 'trigger' &&
          roles.some(({ role }) => map.rights.execute(role, fn) && map.rights.use(role, fn.schema)))
      return isRun ? [...byClause(fn, context), ...byBody(fn, map)] : []
    })
  },
)

/** Runs without being called: in triggers, views, defaults, policies. */
function attachedCode({ context }: RoadMap): ReadonlySet<number> {
  const { triggers, places } = context.snapshot.reach
  return new Set([
    ...triggers.flatMap((trigger) => (trigger.isEnabled ? trigger.function : [])),
    ...places.flatMap(({ functions }) => functions),
  ])
}

function byClause(fn: ReachFunction, context: CheckContext): Problem[] {
  const names = [context.wanted.setting.toLowerCase(), ...ALSO]
  const found = fn.settings.filter((setting) => names.includes(nameOf(setting).toLowerCase()))
  if (found.length === 0) return []
  return [
    {
      object: fn.signature,
      summary: `The application may call it; it runs with ${found.join(', ')}.`,
      fix: reset(fn, found, context),
    },
  ]
}

/** A function that only sets it is how an application begins; one that goes on reads as that tenant. */
function byBody(fn: ReachFunction, map: RoadMap): Problem[] {
  const setting = map.context.wanted.setting.toLowerCase()
  const set = fn.body.sets.find(({ name }) => name === setting)
  if (!set || (fn.returns !== 'trigger' && !usesTenants(fn, set.at, map))) return []
  return [
    {
      object: fn.signature,
      level: 'medium',
      summary:
        fn.returns === 'trigger'
          ? `A trigger calls it, and it sets ${setting} (at ${set.at}).`
          : `The application may call it; it sets ${setting} (at ${set.at}), and then uses tables of tenants.`,
      fix: '-- Let the application choose the tenant where its transaction begins, and nowhere else.',
      evidence: fn.bodyHash,
    },
  ]
}

function usesTenants(fn: ReachFunction, from: number, { index, tenancy }: RoadMap): boolean {
  const isTenant = (name: string) =>
    index.relationsNamed(name).some((relation) => tenancy.standingOf(relation) === 'tenant')
  const names = ({ body }: ReachFunction, after: number) =>
    body.statements.some(({ relations }) =>
      relations.some(({ name, at }) => at > after && isTenant(name)),
    )
  const later = fn.body.statements
    .flatMap(({ calls }) => calls)
    .filter(({ at }) => at > from)
    .flatMap(({ name }) => index.functionsNamed(name))
  return (
    names(fn, from) || later.some((called) => codeBehind(called, index).some((f) => names(f, -1)))
  )
}

/** As its caller the function has the tenant of the caller; the privileges of another role it would miss. */
function reset(fn: ReachFunction, settings: readonly string[], context: CheckContext): string {
  const names = settings.map(nameOf)
  const resets = names.map(
    (name) => `alter ${fn.kind} ${fn.signature} reset ${name.split('.').map(identifier).join('.')}`,
  )
  if (!names.some((name) => IDENTITY.includes(name.toLowerCase()))) return statements(resets)
  return decision(
    'If the application does not need it:',
    `  ${revokeExecuteFromApp(fn, context)}`,
    'If it does, and its caller has the privileges that it needs:',
    ...resets.map((statement) => `  ${statement}`),
  )
}

function nameOf(setting: string): string {
  return setting.split('=')[0] ?? ''
}
