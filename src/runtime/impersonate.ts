import { settingInvalid, tenantMismatch } from '../errors/application.ts'
import { publishAdmin } from './channels.ts'
import { makeScope } from './make-scope.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import { describeScope, type Scope, scopes } from './scope.ts'
import { canonicalTenant, type TenantId } from './tenant-id.ts'
import { type ScopeInput, scopeInput } from './tenant-scope.ts'
import { whenSettled } from './when-settled.ts'

export interface Impersonation {
  /** The acting person, for the record: `app.actor`. */
  readonly actor: string
  /** Why, for the record: `app.reason`. */
  readonly reason: string
  /** The server refuses every write with SQLSTATE 25006. @default true */
  readonly readOnly?: boolean
}

/** @param run runs the body in the scope; its end is published when what it returns is over */
export function impersonate<T>(
  input: TenantId | ScopeInput,
  as: Impersonation,
  config: RuntimeConfig,
  run: (scope: Scope) => T,
): T {
  const { actor, reason, readOnly = true }: Partial<Impersonation> = as ?? {}
  for (const [name, value] of Object.entries({ actor, reason })) {
    if (typeof value !== 'string' || value.trim() === '' || value.includes('\0')) {
      throw settingInvalid(`An impersonation needs a text for \`${name}\``)
    }
  }
  if (config.setting === 'app.actor' || config.setting === 'app.reason') {
    throw settingInvalid(`An impersonation sets ${config.setting}, which carries the tenant`)
  }
  const { tenant: id, settings } = scopeInput(input)
  const tenant = canonicalTenant(id, config.type)
  const outer = scopes.getStore()
  if (outer?.actor !== undefined || (outer?.kind === 'tenant' && outer.tenant !== tenant)) {
    throw tenantMismatch(describeScope(outer), `an impersonation of ${JSON.stringify(tenant)}`)
  }
  const fixed: [string, string][] = [
    ['app.actor', actor],
    ['app.reason', reason],
  ]
  if (readOnly) fixed.push(['transaction_read_only', 'on'])
  const scope = makeScope(
    { kind: 'tenant', tenant, actor, reason },
    config,
    settings,
    undefined,
    fixed,
  )

  const publish = (phase: 'begin' | 'end') =>
    publishAdmin({ reason, impersonation: { tenant, actor, readOnly, phase } })
  publish('begin')
  return whenSettled(
    () => run(scope),
    () => publish('end'),
  )
}
