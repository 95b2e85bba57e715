import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type TransactionSettings,
} from 'kysely'
import { tenantMissing } from '../../errors.ts'
import { type Ask, checkLogin, type Guard } from '../guard.ts'
import { type Scope, scopes } from '../scope.ts'
import type { Tenancy } from '../tenancy.ts'
import { type SavepointArguments, SequentialConnection } from './sequential-connection.ts'

export interface SequentialDriverOptions {
  readonly tenancy: Tenancy
  readonly guard: Guard
  readonly drivers: readonly Driver[]
  /** @throws `ADMIN.NO_POOL` */
  driverOf(scope: Scope): Driver
  /** Does a driver end a connection by itself when it is in doubt? */
  readonly destroysInDoubt: boolean
}

/**
 * Around the driver of another dialect: gives every statement a transaction with its tenant, in
 * statements of their own. A fresh connection object for each checkout, which dies with it.
 */
export class SequentialDriver implements Driver {
  readonly #options: SequentialDriverOptions
  readonly #leased = new WeakMap<DatabaseConnection, SequentialConnection>()
  #checking: Promise<void> | undefined

  constructor(options: SequentialDriverOptions) {
    this.#options = options
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
    const connection = await driver.acquireConnection(...options)
    if (scope.kind !== 'admin') await this.#check(driver, connection)
    const { destroysInDoubt, tenancy } = this.#options
    const { setting } = tenancy.config
    const leased = new SequentialConnection(connection, { driver, scope, setting, destroysInDoubt })
    this.#leased.set(leased, leased)
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
    await this.#of(connection).release()
  }

  #of(connection: DatabaseConnection): SequentialConnection {
    const leased = this.#leased.get(connection)
    if (!leased) throw new TypeError('this connection was not acquired from this driver')
    return leased
  }

  async destroy(...options: Parameters<Driver['destroy']>): Promise<void> {
    for (const driver of this.#options.drivers) await driver.destroy(...options)
  }
}
