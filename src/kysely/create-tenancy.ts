import { CompiledQuery, type Kysely } from 'kysely'
import { publishAdmin } from '../runtime/channels.ts'
import { lookUp } from '../runtime/lookup.ts'
import type { RuntimeConfigInput } from '../runtime/runtime-config.ts'
import { createScopes } from '../runtime/tenancy.ts'
import { adminScope, handleScope } from '../runtime/tenant-scope.ts'
import type { Lookups } from './lookups.ts'
import { originOf } from './origin.ts'
import type { Tenancy } from './tenancy.ts'
import { tenantHandle } from './tenant-handle.ts'
import type { AdminDatabase } from './with-tenant.ts'

/**
 * The scopes of an application. Does no I/O.
 *
 * @param config the object of `kysely-tenants.config.ts`, or the parts of it that the runtime reads.
 * `tenant.column` is `'tenant_id'` by default, `tenant.setting` `'app.tenant_id'`, `schemas`
 * `['public']`; without `tenant.type` every spelling that some tenant type accepts is accepted
 * @throws `CONFIG.INVALID` with every problem
 *
 * @example
 * ```ts
 * const tenancy = createTenancy({ tenant: { type: 'uuid' }, tables: { projects: {}, tasks: {} } })
 * ```
 */
export function createTenancy<const C extends RuntimeConfigInput>(config: C): Tenancy & Lookups<C> {
  const scopes = createScopes(config)
  const tenancy: Tenancy & Lookups<RuntimeConfigInput> = {
    ...scopes,
    forTenant: (db, input, options) =>
      tenantHandle(db, handleScope(input, scopes.config, options), tenancy),
    forAdmin<DB>(db: Kysely<DB>, { reason }: { readonly reason?: string } = {}) {
      const handle = tenantHandle(db, adminScope(scopes.config, reason), tenancy)
      // Published when it is made: its statements may come at any time.
      publishAdmin({ reason })
      // The same tables: only the types of their tenant columns differ.
      return handle as unknown as Kysely<AdminDatabase<DB>>
    },
    lookup: (db, name, key) =>
      lookUp(name, key, {
        config: scopes.config,
        async send({ sql, key: value }) {
          const query = CompiledQuery.raw(sql, [value])
          const send = () => db.executeQuery<{ tenant: string | null }>(query)
          const isBound = db.isTransaction || originOf(db.getExecutor().adapter)?.scope
          const hasScope = isBound || scopes.current() !== undefined
          return (await (hasScope ? send() : scopes.runGlobal(send))).rows
        },
      }),
  }
  return Object.freeze(tenancy) as Tenancy & Lookups<C>
}
