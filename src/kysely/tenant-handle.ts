import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryExecutor,
} from 'kysely'
import { dialectForeign, tenantMismatch } from '../errors/application.ts'
import {
  assertScope,
  describeScope,
  isDetached,
  type Scope,
  sameScope,
  scopes,
} from '../runtime/scope.ts'
import { type Origin, originOf, registerOrigin } from './origin.ts'
import { isTenantPlugin } from './plugin/tenant-plugin.ts'
import type { Tenancy } from './tenancy.ts'
import type { TenantHandle } from './tenant-types.ts'

/** A Kysely over the same pool and with the same plugins, every statement of which has `scope`. */
export function tenantHandle<DB>(db: Kysely<DB>, scope: Scope, tenancy: Tenancy): TenantHandle<DB> {
  if (typeof db?.getExecutor !== 'function') {
    throw dialectForeign(
      'This is no Kysely',
      'Pass the Kysely of this tenancy; for Knex there is `forTenant` of kysely-tenants/knex.',
    )
  }
  if (db.isTransaction) throw dialectForeign('A transaction belongs to the scope it began in')
  const executor = db.getExecutor()
  const origin = originOf(executor.adapter)
  if (origin?.tenancy !== tenancy)
    throw dialectForeign('This Kysely has no TenantDialect of this tenancy')

  return new Kysely<DB>({
    dialect: boundDialect(origin, executor, scope),
    plugins: executor.plugins.map((plugin) =>
      isTenantPlugin(plugin) ? plugin.boundTo(scope) : plugin,
    ),
  }) as TenantHandle<DB>
}

function boundDialect(origin: Origin, executor: QueryExecutor, scope: Scope): Dialect {
  const { dialect, tenancy } = origin
  const driver = new BoundDriver(origin, executor, scope)
  return {
    createDriver: () => driver,
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () =>
      registerOrigin(dialect.createAdapter(), { dialect, driver, tenancy, scope }),
    createIntrospector: (db) => dialect.createIntrospector(db),
  }
}

/** Takes its connections through the Kysely it was made from, which logs them and owns the pool. */
class BoundDriver implements Driver {
  readonly #origin: Driver
  readonly #executor: QueryExecutor
  readonly #scope: Scope
  readonly #outer: Scope | undefined
  readonly #releases = new WeakMap<DatabaseConnection, () => Promise<void>>()

  constructor(origin: Origin, executor: QueryExecutor, scope: Scope) {
    this.#origin = origin.driver
    this.#outer = origin.scope
    this.#executor = executor
    this.#scope = scope
  }

  async init(): Promise<void> {}

  acquireConnection(...options: AcquireArguments): Promise<DatabaseConnection> {
    return new Promise((resolve, reject) => {
      assertScope(this.#scope)
      assertSame(this.#outer, this.#scope)
      const provided = scopes.run(scopeOf(this.#scope), () =>
        this.#executor.provideConnection(
          (connection) =>
            new Promise<void>((release) => {
              this.#releases.set(connection, () => {
                release()
                return provided
              })
              resolve(connection)
            }),
          ...options,
        ),
      )
      provided.catch(reject)
    })
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await this.#releases.get(connection)?.()
  }

  beginTransaction(...args: Parameters<Driver['beginTransaction']>): Promise<void> {
    return this.#origin.beginTransaction(...args)
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#origin.commitTransaction(connection)
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#origin.rollbackTransaction(connection)
  }

  async savepoint(...args: SavepointArguments): Promise<void> {
    await this.#origin.savepoint?.(...args)
  }

  async rollbackToSavepoint(...args: SavepointArguments): Promise<void> {
    await this.#origin.rollbackToSavepoint?.(...args)
  }

  async releaseSavepoint(...args: SavepointArguments): Promise<void> {
    await this.#origin.releaseSavepoint?.(...args)
  }

  /** The pool belongs to the Kysely the handle was made from. */
  async destroy(): Promise<void> {}
}

/** A handle that was made of another one takes its connections through that, and would have its tenant. */
function assertSame(outer: Scope | undefined, handle: Scope): void {
  if (outer && !sameScope(outer, handle)) {
    throw tenantMismatch(describeScope(outer), describeScope(handle))
  }
}

/** Where both are the same, a handle belongs to the request that uses it. */
function scopeOf(handle: Scope): Scope {
  const current = scopes.getStore()
  return current && !isDetached(handle) && sameScope(current, handle) ? current : handle
}

type AcquireArguments = Parameters<Driver['acquireConnection']>
type SavepointArguments = Parameters<NonNullable<Driver['savepoint']>>
