import type { DatabaseConnection, Driver, TransactionSettings } from 'kysely'
import { isAborted, transactionRolledBack } from '../../errors/application.ts'
import { suppress } from '../../errors/tenancy-error.ts'
import { isServerError } from '../../runtime/server-error.ts'
import { isChained, type StatementKind } from '../../runtime/statement-text.ts'
import { isLoss } from './connection-loss.ts'

type Savepoint = NonNullable<Driver['savepoint']>
export type SavepointCommand = 'savepoint' | 'rollbackToSavepoint' | 'releaseSavepoint'
export type SavepointArguments =
  Parameters<Savepoint> extends [unknown, ...infer Rest] ? Rest : never

/**
 * The transaction of another dialect's connection. The status that the server reports over pg is
 * noted here from the statements and their outcomes.
 */
export class InnerTransaction {
  readonly #driver: Driver
  readonly #connection: DatabaseConnection
  #status: 'idle' | 'open' | 'failed' = 'idle'
  // The error that made it fail.
  #failure: unknown
  /**
   * A statement of it has bound the tenant of the scope; before that, a tenant in sight is a
   * foreign one.
   */
  isBound = false
  /** The server has ended the session, or the connection is cut: nothing is sent on it any more. */
  loss: Error | undefined
  /** A rollback failed on a connection that is still there. */
  isInDoubt = false

  constructor(driver: Driver, connection: DatabaseConnection) {
    this.#driver = driver
    this.#connection = connection
  }

  get isIdle(): boolean {
    return this.#status === 'idle'
  }

  get hasFailed(): boolean {
    return this.#status === 'failed'
  }

  async begin(settings: TransactionSettings): Promise<void> {
    this.#enter('open')
    try {
      await this.#driver.beginTransaction(this.#connection, settings)
    } catch (error) {
      // Kysely sends no rollback after a begin that failed.
      this.failed(error)
      await this.rollback()
      throw error
    }
  }

  /** @throws `TRANSACTION.ROLLED_BACK` */
  async commit(): Promise<void> {
    if (this.hasFailed) {
      // It would answer COMMIT with ROLLBACK, which not every dialect reports.
      await this.rollback()
      throw transactionRolledBack()
    }
    try {
      await this.#driver.commitTransaction(this.#connection)
    } catch (error) {
      this.failed(error)
      if (!isServerError(error)) await this.rollback()
      throw isAborted(error) ? transactionRolledBack() : error
    } finally {
      this.#enter('idle')
    }
  }

  /** Always succeeds. Its answer also proves that whatever was sent before has been answered. */
  async rollback(): Promise<void> {
    const [isDue, failure] = [!this.isIdle && !this.loss, this.#failure]
    this.#enter('idle')
    if (!isDue) return
    try {
      await this.#driver.rollbackTransaction(this.#connection)
    } catch (error) {
      if (isLoss(error)) this.loss = error
      else this.isInDoubt = true
      suppress(failure, error)
    }
  }

  async savepoint(command: SavepointCommand, ...args: SavepointArguments): Promise<void> {
    await this.#driver[command]?.(this.#connection, ...args)
    this.succeeded()
  }

  succeeded(): void {
    if (!this.hasFailed) return
    this.#status = 'open'
    this.#failure = undefined
  }

  failed(error: unknown): void {
    if (isLoss(error)) this.loss = error
    if (this.isIdle) return
    this.#status = 'failed'
    this.#failure ??= error
  }

  /** After transaction control that was sent as raw SQL. @throws `TRANSACTION.ROLLED_BACK` */
  controlled(kind: StatementKind, text: string): void {
    const hadFailed = this.hasFailed
    if (kind === 'transaction') this.succeeded()
    else if (kind !== 'begin') this.#enter(isChained(text) ? 'open' : 'idle')
    else if (this.isIdle) this.#enter('open')
    if (kind === 'commit' && hadFailed) throw transactionRolledBack()
  }

  #enter(status: 'idle' | 'open'): void {
    this.#status = status
    this.#failure = undefined
    this.isBound = false
  }
}
