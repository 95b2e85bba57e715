import knexPackage, { type Knex } from 'knex'
import { adminNoPool, tenantMissing } from '../errors/application.ts'
import { noteCancelSignal } from '../runtime/control-client.ts'
import { LeasePool } from '../runtime/lease-pool.ts'
import { assertScope, type Scope, scopes } from '../runtime/scope.ts'
import { chooseStrategy } from '../runtime/strategies/choose-strategy.ts'
import { KnexConnection } from './knex-connection.ts'
import { assertOwnConnection, KnexGuard } from './knex-guard.ts'
import { knexPool, withoutPool } from './knex-pool.ts'
import type {
  KnexBuilder,
  KnexClient,
  KnexCompiler,
  KnexRunner,
  KnexStream,
  TransactionConfig,
} from './knex-shapes.ts'
import { withLoudCommit } from './loud-commit.ts'
import { postgresClient } from './postgres-client.ts'
import { prepareRunner } from './prepare-runner.ts'
import { checkClientOptions, type TenantClientOptions } from './tenant-client-options.ts'

/** The leases on the pool of a client; a class, since Knex copies plain objects of a client deeply. */
class Leases {
  readonly tenant: LeasePool<KnexConnection>
  readonly admin: LeasePool<KnexConnection> | undefined

  constructor(tenant: LeasePool<KnexConnection>, admin: LeasePool<KnexConnection> | undefined) {
    this.tenant = tenant
    this.admin = admin
  }
}

/** The scope of a handle; a class for the same reason. */
export class Binding {
  readonly scope: Scope

  constructor(scope: Scope) {
    this.scope = scope
  }
}

/** The members that the clients of this package have besides those of Knex. */
export interface TenantKnexClient extends KnexClient {
  readonly tenantOptions: TenantClientOptions
  leases?: Leases
  /** Of a handle. */
  binding?: Binding
}

/**
 * The `client` of a Knex config where every statement carries the tenant of its scope in the same
 * network round trip, and leaves no trace on the pooled connection. Pool, events, transactions,
 * streams and all other options stay Knex's own.
 *
 * Errors of a statement: `TENANT.MISSING` outside a scope, `TENANT.MISMATCH`, `TENANT.VIOLATION`,
 * `SCOPE.ENDED`, `POOL.EXHAUSTED`, `ADMIN.NO_POOL`, `CONNECTION.FOREIGN`; on the first one of a
 * pool `ROLE.BYPASSES_RLS`, `SETTING.HAS_DEFAULT` and `DIALECT.UNSUPPORTED_POOL`. Migrations and
 * seeds belong to the owner of the tables: run them over a plain Knex.
 *
 * @throws `CONFIG.INVALID`
 *
 * @example
 * ```ts
 * const connection = process.env.APP_DATABASE_URL ?? ''
 * const db = knex({ client: tenantClient({ tenancy }), connection })
 *
 * await tenancy.run('acme', () => db('projects').where({ done: false }))
 * ```
 */
export function tenantClient(options: TenantClientOptions): typeof Knex.Client {
  checkClientOptions(options)
  const { tenancy, admin, guard = 'error', prepare, reset } = options
  const Base = postgresClient(options.knex ?? knexPackage)
  const queries = new KnexGuard(tenancy.config)

  const leasesOn = (client: KnexClient, acquire: () => Promise<unknown>, isAdmin: boolean) =>
    new LeasePool<KnexConnection>(knexPool(client, acquire), {
      guard: isAdmin ? 'off' : guard,
      config: tenancy.config,
      strategy: chooseStrategy(tenancy.config.setting, options),
      prepare: prepare ?? 'auto',
      reset,
      connectionOf: (lease, pgClient) => new KnexConnection(lease, pgClient),
    })

  // No field is declared: Knex copies clients with `Object.create`, and calls `initializePool` from
  // within its constructor.
  class TenantClient extends Base {
    declare leases?: Leases
    declare binding?: Binding

    get tenantOptions(): TenantClientOptions {
      return options
    }

    override initializePool(config?: Knex.Config): void {
      super.initializePool(config)
      const adminClient = admin?.client as KnexClient | undefined
      this.leases = new Leases(
        leasesOn(this, () => super.acquireConnection(), false),
        adminClient && leasesOn(adminClient, () => adminClient.acquireConnection(), true),
      )
    }

    override async acquireConnection(): Promise<KnexConnection> {
      const scope = currentScope(this)
      if (!this.leases) throw withoutPool()
      if (scope.kind !== 'admin') return this.leases.tenant.connect(scope)
      if (!this.leases.admin) throw adminNoPool('admin')
      return this.leases.admin.connect(scope)
    }

    /** Before Knex 3.3 there is none for a stream that was destroyed before it had one. */
    override async releaseConnection(connection?: KnexConnection): Promise<void> {
      await connection?.release()
    }

    override runner(builder: KnexBuilder): KnexRunner {
      const runner = super.runner(builder)
      return prepareRunner(runner, async () => {
        const scope = await scopeOf(this, builder._connection ?? runner.connection)
        queries.check(this, builder, scope)
      })
    }

    override queryCompiler(builder: KnexBuilder, bindings?: unknown): KnexCompiler {
      return queries.watch(builder, super.queryCompiler(builder, bindings))
    }

    override transaction(container: unknown, config?: TransactionConfig, outer?: unknown): unknown {
      if (config?.connection) assertOwnConnection(config.connection)
      return super.transaction(withLoudCommit(container), config, outer)
    }

    /** The signal may arrive when the statement is over: its lease ends with the connection. */
    override cancelQuery(connection: KnexConnection): Promise<unknown> {
      const { processID } = connection
      if (typeof processID === 'number') noteCancelSignal(processID)
      return super.cancelQuery(connection)
    }

    /**
     * Knex waits for the end of the source, and one that is destroyed early has none; before 3.3 it waits
     * for the reader, which may never come.
     */
    override async _stream(
      connection: KnexConnection,
      query: object,
      stream: KnexStream,
      streamOptions: object,
    ): Promise<unknown> {
      if (stream.destroyed) return undefined
      const closed = new Promise((resolve) => stream.once('close', resolve))
      const streamed = super._stream(connection, query, stream, streamOptions)
      return Promise.race([streamed, closed, connection.streamEnded])
    }
  }
  // The types of Knex leave out what a client overrides.
  return TenantClient as unknown as typeof Knex.Client
}

function currentScope({ binding }: TenantKnexClient): Scope {
  if (binding) {
    assertScope(binding.scope)
    return binding.scope
  }
  const scope = scopes.getStore()
  if (!scope) throw tenantMissing('A statement')
  return scope
}

/** That of the connection where there is one already, as in a transaction. */
async function scopeOf(client: TenantKnexClient, given: unknown): Promise<Scope> {
  const connection = given ?? (client.transacting ? await client.acquireConnection() : undefined)
  if (connection === undefined) return currentScope(client)
  assertOwnConnection(connection)
  return connection.lease.scope
}
