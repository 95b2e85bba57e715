import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type TransactionSettings,
} from 'kysely'
import { connectionInDoubt, tenantMissing } from '../../errors/application.ts'
import { type Ask, checkLogin, type Guard } from '../../runtime/guard.ts'
import { OpenLeases } from '../../runtime/open-leases.ts'
import { type Scope, scopes } from '../../runtime/scope.ts'
import type { Tenancy } from '../tenancy.ts'
import type { SavepointArguments } from './inner-transaction.ts'
import { SequentialConnection } from './sequential-connection.ts'
import type { Sessions } from './sessions.ts'
import { Turns } from './turns.ts'

export interface SequentialDriverOptions {
  readonly tenancy: Tenancy
  readonly guard: Guard
  readonly drivers: readonly Driver[]
  /** @throws `ADMIN.NO_POOL` */
  driverOf(scope: Scope): Driver
  sessionsOf(connection: DatabaseConnection, scope: Scope): Sessions
  /** Does a driver end a connection by itself when it is in doubt? */
  readonly destroysInDoubt: boolean
  /** Kysely's own lock for such dialects stays locked when a connection is refused. */
  readonly hasOneConnection: boolean
}

interface Checkout {
  readonly leased: SequentialConnection
  /** Lets the next one in. */
  readonly free: (() => void) | undefined
}

/**
 * Around the driver of another dialect: gives every statement a transaction with its tenant, in
 * statements of their own. A fresh connection object for each checkout, which dies with it.
 */
export class SequentialDriver implements Driver {
  readonly #options: SequentialDriverOptions
  readonly #leased = new WeakMap<DatabaseConnection, Checkout>()
  readonly #exclusive: Turns | undefined
  readonly #leases: OpenLeases | undefined
  // Connections that did not answer are given to nobody again.
  readonly #inDoubt = new WeakSet<DatabaseConnection>()
  #checking: Promise<void> | undefined

  constructor(options: SequentialDriverOptions) {
    this.#options = options
    if (options.hasOneConnection) this.#exclusive = new Turns()
    // What destroys a connection has leases of its own.
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
    if (!this.#exclusive) return undefined
    const isFree = this.#exclusive.open === 0
    const turn = this.#exclusive.take()
    const waiter = isFree ? undefined : this.#leases?.wait(scope)
    return waiter ? turn.finally(() => this.#leases?.stopWaiting(waiter)) : turn
  }

  async #lease(
    scope: Scope,
    driver: Driver,
    options: Parameters<Driver['acquireConnection']>,
    free: (() => void) | undefined,
  ): Promise<DatabaseConnection> {
    const connection = await driver.acquireConnection(...options)
    // A dialect with one connection has no other to give.
    if (this.#inDoubt.has(connection)) throw connectionInDoubt()
    if (scope.kind !== 'admin') await this.#check(driver, connection)
    const { setting } = this.#options.tenancy.config
    const sessions = this.#options.sessionsOf(connection, scope)
    const of = { driver, scope, setting, sessions, leases: this.#leases }
    const leased = new SequentialConnection(connection, of)
    this.#leased.set(leased, { leased, free })
    return leased
  }

  async #check(driver: Driver, connection: DatabaseConnection): Promise<void> {
    const { tenancy, guard } = this.#options
    const ask: Ask = async <Row>(text: string, values: readonly unknown[]) =>
      (await connection.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows
    try {
      this.#checking ??= checkLogin(ask, tenancy.config, guard)
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
    const { driver, inner } = leased
    if ((await leased.end()) || this.#options.destroysInDoubt) {
      await driver.releaseConnection(inner)
    } else {
      this.#inDoubt.add(inner)
      const { code, message, hint } = connectionInDoubt()
      process.emitWarning(message, { code, detail: hint })
    }
    this.#leased.get(connection)?.free?.()
  }

  #of(connection: DatabaseConnection): SequentialConnection {
    const checkout = this.#leased.get(connection)
    if (!checkout) throw new TypeError('this connection was not acquired from this driver')
    return checkout.leased
  }

  async destroy(...options: Parameters<Driver['destroy']>): Promise<void> {
    for (const driver of this.#options.drivers) await driver.destroy(...options)
  }
}
