import type { DatabaseConnection, Driver } from 'kysely'
import { publishViolation } from '../../runtime/channels.ts'
import type { RuntimeTable } from '../../runtime/runtime-config.ts'
import type { Scope } from '../../runtime/scope.ts'
import { explainError } from '../../runtime/server-error.ts'
import { statementKind } from '../../runtime/statement-text.ts'
import { CheckoutSession } from './checkout-session.ts'
import { InnerTransaction } from './inner-transaction.ts'
import type { Sessions } from './sessions.ts'

export interface SequentialSessionOptions {
  readonly driver: Driver
  readonly scope: Scope
  readonly setting: string
  /** Tenant tables, for errors. */
  readonly tables: readonly RuntimeTable[]
  readonly sessions: Sessions
}

/** The calls of one checkout on the session of another dialect's connection, one call at a time. */
export class SequentialSession {
  readonly transaction: InnerTransaction
  readonly #options: SequentialSessionOptions
  readonly #checkout: CheckoutSession

  constructor(connection: DatabaseConnection, options: SequentialSessionOptions) {
    this.transaction = new InnerTransaction(options.driver, connection)
    this.#options = options
    this.#checkout = new CheckoutSession(connection, options.sessions)
  }

  run<R>(text: string, execute: () => Promise<R>): Promise<R> {
    return statementKind(text) === 'statement'
      ? this.#scoped(text, execute)
      : this.#control(text, execute)
  }

  /** Gives the transaction its tenant. `isOwn`: it is the statement's own, and begins here. */
  async open(isOwn: boolean): Promise<void> {
    const { transaction } = this
    const { scope, setting } = this.#options
    if (isOwn) await transaction.begin({})
    // It would only fail too.
    if (transaction.hasFailed) return
    const found = await this.#checkout.bind(scope, setting)
    const foreignTenant = transaction.isBound ? null : found
    transaction.isBound = true
    if (!foreignTenant) return
    publishViolation(scope, foreignTenant)
    this.#checkout.hadForeignTenant = true
  }

  async close(isOwn: boolean): Promise<void> {
    if (!isOwn || this.transaction.isIdle) return
    if (this.transaction.hasFailed) await this.rollback()
    else await this.commit()
  }

  async commit(): Promise<void> {
    let isCommitted = false
    try {
      await this.transaction.commit()
      isCommitted = true
    } catch (error) {
      throw this.judge(error)
    } finally {
      this.#checkout.ended(isCommitted)
    }
  }

  async rollback(): Promise<void> {
    this.#checkout.ended(false)
    await this.transaction.rollback()
  }

  savepoint(): void {
    this.#checkout.savepoint()
  }

  /** Draws the conclusions from an error; returns the one that the user gets. */
  judge(error: unknown): unknown {
    const { scope, tables } = this.#options
    const explained = explainError(error, scope, tables)
    this.transaction.failed(explained)
    return explained
  }

  /** @returns whether nothing of this checkout is left on the session */
  async clean(): Promise<boolean> {
    const { transaction } = this
    if (transaction.loss) return true
    const { scope, setting } = this.#options
    try {
      await this.#checkout.cleanUp([setting, ...scope.settings.map(([name]) => name)])
      return !transaction.isInDoubt
    } catch (error) {
      transaction.failed(error)
      return transaction.loss !== undefined
    }
  }

  async #scoped<R>(text: string, execute: () => Promise<R>): Promise<R> {
    const isOwn = this.transaction.isIdle
    try {
      await this.open(isOwn)
      const result = await execute()
      this.transaction.succeeded()
      this.#checkout.note(text)
      return result
    } catch (error) {
      throw this.judge(error)
    } finally {
      await this.close(isOwn)
    }
  }

  /** Transaction control as raw SQL goes alone, as it does over pg. */
  async #control<R>(text: string, execute: () => Promise<R>): Promise<R> {
    const result = await execute().catch((error) => {
      throw this.judge(error)
    })
    const kind = statementKind(text)
    if (kind === 'transaction') this.#checkout.savepoint()
    else if (kind !== 'begin')
      this.#checkout.ended(kind === 'commit' && !this.transaction.hasFailed)
    this.transaction.controlled(kind, text)
    return result
  }
}
