import { EventEmitter } from 'node:events'
import knexPackage, { type Knex } from 'knex'
import { dialectForeign, tenantMismatch } from '../errors/application.ts'
import { describeScope, sameScope } from '../runtime/scope.ts'
import type { TenantId } from '../runtime/tenant-id.ts'
import { type HandleOptions, handleScope, type ScopeInput } from '../runtime/tenant-scope.ts'
import { isKnex } from './is-knex.ts'
import type { KnexClient } from './knex-shapes.ts'
import { Binding, type TenantKnexClient } from './tenant-client.ts'
import type { TenantKnex } from './tenant-knex.ts'

const HINT = 'Pass the instance that `knex({ client: tenantClient({ tenancy }), … })` returned.'

/**
 * A Knex over the same pool whose statements all belong to one tenant: for queues, batchers,
 * caches, listeners and Objection's `bindKnex`, which run in the async context of other code.
 * Making one costs a few microseconds. Its listeners hear its own statements, those of the instance
 * hear all.
 *
 * @throws `TENANT.INVALID`, `SETTING.INVALID`, `DIALECT.FOREIGN` for a transaction and for a Knex
 * without `tenantClient`, and `TENANT.MISMATCH` for a handle of another tenant
 *
 * @example
 * ```ts
 * const acme = forTenant(db, 'acme')
 * await acme('projects').where({ done: false })
 * ```
 */
export function forTenant<Row extends {}, Result>(
  db: Knex<Row, Result>,
  tenant: TenantId | ScopeInput,
  handleOptions?: HandleOptions,
): TenantKnex<Row, Result> {
  if (!isKnex(db)) throw dialectForeign('This is no Knex', HINT)
  // Knex types its client as any; whether it is ours is asked next.
  const client = db.client as unknown as Partial<TenantKnexClient> & KnexClient
  const options = client.tenantOptions
  if (!options) throw dialectForeign('This Knex was made without `tenantClient`', HINT)
  if (client.transacting) {
    throw dialectForeign('A transaction belongs to the scope it began in', HINT)
  }
  const scope = handleScope(tenant, options.tenancy.config, handleOptions)
  const bound = client.binding?.scope
  if (bound && !sameScope(bound, scope)) {
    throw tenantMismatch(describeScope(bound), describeScope(scope))
  }
  const own = bound ? Object.getPrototypeOf(client) : client
  // The brand is of the types alone.
  return handleOf(own, new Binding(scope)) as unknown as TenantKnex<Row, Result>
}

/**
 * The handle inherits from an instance that is used for that alone: a library may keep what it made for an
 * instance in a property of it, as Objection does with its bound models.
 */
function handleOf(client: TenantKnexClient, binding: Binding): Knex {
  const pristine = pristineOf(client.tenantOptions.knex ?? knexPackage)
  const context: KnexContext = Object.create(pristine.context)
  // The prototype that follows makes a Knex of the function.
  const handle = ((table?: string, options?: object) => {
    const builder = context.queryBuilder()
    return table === undefined ? builder : builder.table(table, options)
  }) as unknown as EventEmitter
  Object.setPrototypeOf(handle, pristine)
  Object.assign(handle, { context, _events: undefined, _eventsCount: 0, _internalListeners: [] })
  context.client = boundClient(client, binding, handle)
  context.userParams = {}
  return handle as unknown as Knex
}

/** The client of a handle: it has the pool of `client`, and tells the listeners of both. */
function boundClient(client: TenantKnexClient, binding: Binding, handle: EventEmitter): KnexClient {
  const bound: TenantKnexClient = Object.create(client)
  return Object.assign(bound, {
    binding,
    _events: undefined,
    _eventsCount: 0,
    emit(this: EventEmitter, event: string, ...parameters: unknown[]): boolean {
      const heard = EventEmitter.prototype.emit.call(this, event, ...parameters)
      handle.emit(event, ...parameters)
      return client.emit(event, ...parameters) || heard
    },
    /** The pool belongs to the instance that the handle was made of. */
    async destroy(done?: () => void): Promise<void> {
      done?.()
    },
  })
}

interface KnexContext {
  client: KnexClient
  userParams: object
  queryBuilder(): { table(name: string, options?: object): unknown }
}

const instances = new WeakMap<typeof knexPackage, { readonly context: KnexContext }>()

function pristineOf(knex: typeof knexPackage): { readonly context: KnexContext } {
  let pristine = instances.get(knex)
  if (!pristine) {
    // The types of Knex leave out its context.
    pristine = knex({ client: 'pg' }) as unknown as { readonly context: KnexContext }
    instances.set(knex, pristine)
  }
  return pristine
}
