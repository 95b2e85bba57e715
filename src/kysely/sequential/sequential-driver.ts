import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type TransactionSettings,
} from 'kysely'
import { tenantMissing } from '../../errors/application.ts'
import { connectionInDoubt } from '../../errors/connection.ts'
import { checkLogin, type Guard, type RunQuery } from '../../runtime/guard.ts'
import { OpenLeases } from '../../runtime/open-leases.ts'
import { type Scope, scopes } from '../../runtime/scope.ts'
import { isServerError } from '../../runtime/server-error.ts'
import { within } from '../../util/within.ts'
import type { Tenancy } from '../tenancy.ts'
import { acquireInner } from './acquire-inner.ts'
import { isLoss } from './connection-loss.ts'
import type { SavepointArguments } from './inner-transaction.ts'
import { PATIENCE_MS, SequentialConnection } from './sequential-connection.ts'
import type { Sessions } from './sessions.ts'
import type { Turns } from './turns.ts'

export interface SequentialDriverOptions {
  readonly tenancy: Tenancy
  readonly guard: Guard
  readonly drivers: readonly Driver[]
  /** @throws `ADMIN.NO_POOL` */
  driverOf(scope: Scope): Driver
  sessionsOf(connection: DatabaseConnection, scope: Scope): Sessions
  /** Does a driver end a connection by itself when it is in doubt? */
  readonly destroysInDoubt: boolean
  /**
   * Of a dialect with one connection, which all its drivers share. Kysely's own lock for such dialects
   * stays locked when a connection is refused.
   */
  readonly exclusive: Turns | undefined
}

interface Checkout {
  readonly leased: SequentialConnection
  /** Lets the next one in. */
  readonly free: (() => void) | undefined
}

// For all drivers: a handle may use another one of the same dialect.
const checkouts = new WeakMap<DatabaseConnection, Checkout>()

/**
 * Around the driver of another dialect: gives every statement a transaction with its tenant, in
 * statements of their own. A fresh connection object for each checkout, which dies with it.
 */
export class SequentialDriver implements Driver {
  readonly #options: SequentialDriverOptions
  readonly #leases: OpenLeases | undefined
  readonly #open = new Set<SequentialConnection>()
  #checking: Promise<void> | undefined

  constructor(options: SequentialDriverOptions) {
    this.#options = options
    // A dialect that can destroy a connection has leases of its own.
    if (!options.destroysInDoubt) this.#leases = new OpenLeases({ isPool: false })
  }

  async init(...options: Parameters<Driver['init']>): Promise<void> {
    for (const driver of this.#options.drivers) await driver.init(...options)
  }

  async acquireConnection(
    ...options: Parameters<Driver['acquireConnection']>
  ): Promise<DatabaseConnection> {
    // Read here and never again: from now on the connection belongs to this scope.
    const scope = scopes.getStore()
    if (!scope) throw tenantMissing('A statement')
    const driver = this.#options.driverOf(scope)
    const free = await this.#turn(scope)
    try {
      return await this.#lease(scope, driver, options, free)
    } catch (error) {
      free?.()
      throw error
    }
  }

  /** Its turn on the one connection, if there is only one. */
  #turn(scope: Scope): Promise<() => void> | undefined {
    const { exclusive } = this.#options
    if (!exclusive) return undefined
    const isFree = exclusive.open === 0
    const turn = exclusive.take()
    const waiter = isFree ? undefined : this.#leases?.wait(scope)
    return waiter ? turn.finally(() => this.#leases?.stopWaiting(waiter)) : turn
  }

  async #lease(
    scope: Scope,
    driver: Driver,
    options: Parameters<Driver['acquireConnection']>,
    free: (() => void) | undefined,
  ): Promise<DatabaseConnection> {
    const connection = await acquireInner(driver, options)
    // A dialect with one connection has no other to give.
    if (!(await isGivenBack(connection))) throw connectionInDoubt()
    if (scope.kind !== 'admin') await this.#check(driver, connection)
    const { setting, tables } = this.#options.tenancy.config
    const sessions = this.#options.sessionsOf(connection, scope)
    const of = { driver, scope, setting, tables, sessions, leases: this.#leases }
    const leased = new SequentialConnection(connection, of)
    checkouts.set(leased, { leased, free })
    this.#open.add(leased)
    return leased
  }

  async #check(driver: Driver, connection: DatabaseConnection): Promise<void> {
    const { tenancy, guard } = this.#options
    const query: RunQuery = async <Row>(text: string, values: readonly unknown[]) =>
      (await connection.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows
    try {
      this.#checking ??= checkLogin(query, tenancy.config, guard)
      await this.#checking
    } catch (error) {
      // The next statement asks again.
      this.#checking = undefined
      await driver.releaseConnection(connection)
      throw error
    }
  }

  async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    await this.#of(connection).begin(settings)
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#of(connection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#of(connection).rollback()
  }

  async savepoint(connection: DatabaseConnection, ...args: SavepointArguments): Promise<void> {
    await this.#of(connection).savepoint('savepoint', ...args)
  }

  async rollbackToSavepoint(
    connection: DatabaseConnection,
    ...args: SavepointArguments
  ): Promise<void> {
    await this.#of(connection).savepoint('rollbackToSavepoint', ...args)
  }

  async releaseSavepoint(
    connection: DatabaseConnection,
    ...args: SavepointArguments
  ): Promise<void> {
    await this.#of(connection).savepoint('releaseSavepoint', ...args)
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const leased = this.#of(connection)
    // The lease below ends the client of a statement that still runs.
    if (this.#options.destroysInDoubt && leased.isRunning) {
      this.#open.delete(leased)
      await leased.giveBack()
      checkouts.get(connection)?.free?.()
      return
    }
    const ending = this.#end(leased)
    await within(ending, PATIENCE_MS)
    if (!leased.isReturned) {
      inDoubt.set(leased.inner, { leased, ending })
      const { code, message, hint } = connectionInDoubt()
      process.emitWarning(message, { code, detail: hint })
    }
    checkouts.get(connection)?.free?.()
  }

  async #end(leased: SequentialConnection): Promise<void> {
    const { exclusive, destroysInDoubt } = this.#options
    const isGivenBack = await leased.end()
    this.#open.delete(leased)
    if (isGivenBack) return
    if (destroysInDoubt || (!exclusive && (await isTerminated(leased.inner))))
      await leased.giveBack()
  }

  #of(connection: DatabaseConnection): SequentialConnection {
    const checkout = checkouts.get(connection)
    if (!checkout) throw new TypeError('this connection was not acquired from this driver')
    return checkout.leased
  }

  /** Waits for statements that run, as the dialects do, and for no checkout that was forgotten. */
  async destroy(...options: Parameters<Driver['destroy']>): Promise<void> {
    // First: postgres.js waits for ever where it ends with a connection in use.
    await this.#endAll()
    const destroying = Promise.all(
      this.#options.drivers.map((driver) => driver.destroy(...options)),
    )
    if (await within(destroying, DESTROY_MS)) await destroying
  }

  async #endAll(): Promise<void> {
    const open = [...this.#open]
    const done = Promise.all(open.map((leased) => leased.done))
    while (!(await within(done, DESTROY_MS))) {
      if (open.some((leased) => leased.isRunning)) continue
      await within(Promise.all(open.map((leased) => this.#end(leased))), DESTROY_MS)
      return
    }
  }
}

// There are three such waits in a second.
const DESTROY_MS = 300

interface Doubt {
  readonly leased: SequentialConnection
  readonly ending: Promise<void>
}

// Connections that have not been given back, by their own objects.
const inDoubt = new WeakMap<DatabaseConnection, Doubt>()

/** Whether a connection is usable again; what could not be cleaned is tried once more. */
async function isGivenBack(connection: DatabaseConnection): Promise<boolean> {
  const doubt = inDoubt.get(connection)
  if (!doubt) return true
  if (!(await within(doubt.ending, PATIENCE_MS))) return false
  if (!doubt.leased.isReturned && !(await doubt.leased.retry())) return false
  inDoubt.delete(connection)
  return true
}

/** Ends a session that could not be cleaned, so that the pool of the dialect makes a new one. */
async function isTerminated(connection: DatabaseConnection): Promise<boolean> {
  const text = 'select pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())'
  try {
    await connection.executeQuery(CompiledQuery.raw(text))
    return false
  } catch (error) {
    // The client has lost it, unless the server still speaks.
    return isLoss(error) || !isServerError(error)
  }
}
