import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { suppress, transactionRolledBack, transactionStatementRunning } from '../../errors.ts'
import { publishViolation, timeStatement } from '../channels.ts'
import type { Scope } from '../scope.ts'
import { assertScope } from '../scope.ts'
import { explainError, isFatal, isServerError } from '../server-error.ts'
import { firstKeyword, leavesSessionState, statementKind } from '../statement-text.ts'
import { Turns } from './turns.ts'

export interface SequentialConnectionOptions {
  readonly driver: Driver
  readonly scope: Scope
  readonly setting: string
  readonly destroysInDoubt: boolean
}

// Kysely asks for them by their presence.
const CANCELLATION = ['cancelQuery', 'killSession', 'collectSessionInfo'] as const

type Execute = DatabaseConnection['executeQuery']
type Stream = DatabaseConnection['streamQuery']
type Savepoint = NonNullable<Driver['savepoint']>
type SavepointCommand = 'savepoint' | 'rollbackToSavepoint' | 'releaseSavepoint'
export type SavepointArguments =
  Parameters<Savepoint> extends [unknown, ...infer Rest] ? Rest : never

/**
 * One checkout of another dialect's connection. What the server's status would tell over pg is noted
 * here from the statements and their outcomes.
 */
export class SequentialConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection
  readonly #options: SequentialConnectionOptions
  readonly #turns = new Turns()
  #status: 'idle' | 'in transaction' | 'failed' = 'idle'
  // Nothing of the transaction has bound our tenant: one in sight can only be a stranger's.
  #isUnbound = true
  // Something may have been left on the session, but the connection answers.
  #isDirty = false
  // The connection did not answer, or not as it should.
  #isInDoubt = false

  constructor(inner: DatabaseConnection, options: SequentialConnectionOptions) {
    this.#inner = inner
    this.#options = options
    for (const name of CANCELLATION) {
      const method = inner[name]
      if (method) Object.assign(this, { [name]: method.bind(inner) })
    }
  }

  executeQuery<R>(query: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    return this.#inTurn(() =>
      statementKind(query.sql) === 'statement'
        ? this.#scoped(query.sql, () => this.#inner.executeQuery<R>(query, ...options))
        : this.#control(query, ...options),
    )
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    ...options: Rest<Stream>
  ): AsyncIterableIterator<QueryResult<R>> {
    assertScope(this.#options.scope)
    const endTurn = await this.#turns.take()
    const isOwn = this.#status === 'idle'
    let failure: { error: unknown } | undefined
    try {
      await this.#open(isOwn)
      yield* this.#inner.streamQuery<R>(query, ...options)
    } catch (error) {
      failure = { error: this.#judge(error, query.sql) }
    } finally {
      try {
        if (isOwn) await this.#close(failure)
      } finally {
        endTurn()
      }
    }
    if (failure) throw failure.error
  }

  begin(settings: TransactionSettings): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#options.driver.beginTransaction(this.#inner, settings)
        this.#status = 'in transaction'
        this.#isUnbound = true
      } catch (error) {
        this.#isInDoubt = true
        throw error
      }
    })
  }

  async commit(): Promise<void> {
    if (this.#turns.open > 0) {
      this.#isInDoubt = true
      throw transactionStatementRunning()
    }
    await this.#inTurn(async () => {
      const isAborted = this.#status === 'failed'
      this.#status = 'idle'
      try {
        if (isAborted) await this.#options.driver.rollbackTransaction(this.#inner)
        else await this.#options.driver.commitTransaction(this.#inner)
      } catch (error) {
        this.#isInDoubt ||= !isServerError(error)
        throw error
      }
      // An aborted transaction answers COMMIT with ROLLBACK, which not every dialect reports.
      if (isAborted) throw transactionRolledBack()
    })
  }

  /** Always succeeds: whatever made the user roll back is the error to see. */
  async rollback(): Promise<void> {
    if (this.#turns.open > 0) this.#isInDoubt = true
    if (!this.#isInDoubt && this.#status !== 'idle') await this.#rollbackInner()
    this.#status = 'idle'
  }

  savepoint(command: SavepointCommand, ...args: SavepointArguments): Promise<void> {
    return this.#inTurn(async () => {
      await this.#options.driver[command]?.(this.#inner, ...args)
      this.#status = 'in transaction'
    })
  }

  /**
   * Gives the connection back when it is clean. One that does not answer is kept out of its pool for
   * ever, where the dialect cannot end it: a connection is lost, a tenant is not.
   */
  async release(): Promise<void> {
    const { driver, destroysInDoubt } = this.#options
    if (this.#turns.open > 0) this.#isInDoubt = true
    this.#turns.end()
    if (this.#isDirty || this.#status !== 'idle') await this.#clean()
    if (this.#isInDoubt && !destroysInDoubt) {
      process.emitWarning(
        'A connection did not answer and is kept out of its pool.',
        'kysely-tenants',
      )
    } else {
      await driver.releaseConnection(this.#inner)
    }
  }

  async #scoped<R>(
    text: string,
    statement: () => Promise<QueryResult<R>>,
  ): Promise<QueryResult<R>> {
    const isOwn = this.#status === 'idle'
    let result: QueryResult<R>
    try {
      await this.#open(isOwn)
      result = await statement()
    } catch (error) {
      const failure = { error: this.#judge(error, text) }
      if (isOwn) await this.#close(failure)
      throw failure.error
    }
    if (this.#status === 'failed') this.#status = 'in transaction'
    this.#isDirty ||= leavesSessionState(text, firstKeyword(text))
    if (isOwn) await this.#close(undefined)
    return result
  }

  /** Transaction control as raw SQL goes alone, as it does over pg. */
  async #control<R>(query: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    const kind = statementKind(query.sql)
    const isAborted = this.#status === 'failed'
    const result = await this.#inner.executeQuery<R>(query, ...options).catch((error) => {
      throw this.#judge(error, query.sql)
    })
    if (kind !== 'transaction') this.#isUnbound = true
    if (kind === 'begin') this.#status = 'in transaction'
    if (kind === 'transaction' && isAborted) this.#status = 'in transaction'
    if (kind === 'commit' || kind === 'rollback') {
      this.#status = CHAINED.test(query.sql) ? 'in transaction' : 'idle'
    }
    if (kind === 'commit' && isAborted) throw transactionRolledBack()
    return result
  }

  async #open(isOwn: boolean): Promise<void> {
    const { driver, scope, setting } = this.#options
    if (isOwn) await driver.beginTransaction(this.#inner, {})
    // It would only fail too.
    if (this.#status === 'failed') return
    const { text, values } = assignment(scope, setting)
    const { rows } = await this.#inner.executeQuery<{ found: string | null }>(
      CompiledQuery.raw(text, values),
    )
    const found = (isOwn || this.#isUnbound) && rows[0]?.found
    if (!isOwn) this.#isUnbound = false
    if (!found) return
    publishViolation(scope, found)
    this.#isDirty = true
  }

  async #close(failure: { readonly error: unknown } | undefined): Promise<void> {
    if (failure) {
      if (!this.#isInDoubt) await this.#rollbackInner(failure.error)
      return
    }
    try {
      await this.#options.driver.commitTransaction(this.#inner)
    } catch (error) {
      throw this.#judge(error, '')
    }
  }

  async #rollbackInner(first?: unknown): Promise<void> {
    try {
      await this.#options.driver.rollbackTransaction(this.#inner)
    } catch (error) {
      this.#isInDoubt = true
      suppress(first, error)
    }
  }

  /** Draws the conclusions from an error; returns the one that the user gets. */
  #judge(error: unknown, text: string): unknown {
    if (!isServerError(error) || isFatal(error)) this.#isInDoubt = true
    if (this.#status === 'in transaction') this.#status = 'failed'
    return explainError(error, text, this.#options.scope)
  }

  async #clean(): Promise<void> {
    if (this.#isInDoubt) return
    if (this.#status !== 'idle') await this.#rollbackInner()
    try {
      if (!this.#isInDoubt) await this.#inner.executeQuery(CompiledQuery.raw('discard all'))
    } catch {
      this.#isInDoubt = true
    }
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    assertScope(this.#options.scope)
    const publish = timeStatement(this.#options.scope, 'sequential')
    return this.#turns.run(body).finally(publish)
  }
}

type Rest<F> = F extends (query: CompiledQuery, ...rest: infer R) => unknown ? R : never

const CHAINED = /\band\s+chain\b/i

function assignment(
  { tenant, settings }: Scope,
  setting: string,
): { text: string; values: string[] } {
  const pairs = [[setting, tenant] as const, ...settings]
  const sets = pairs.map((_, i) => `pg_catalog.set_config($${2 * i + 1},$${2 * i + 2},true)`)
  return {
    text: `select pg_catalog.current_setting($1,true) as found,${sets.join(',')}`,
    values: pairs.flat(),
  }
}
