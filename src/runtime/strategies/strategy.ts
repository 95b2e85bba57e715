import type { ClientState } from '../client-state.ts'
import type { PgConnection, TransactionStatus } from '../pg-client.ts'
import type { Scope } from '../scope.ts'

/**
 * - `local`: `set_config(…, true)` and the statement in one write, under one Sync, without BEGIN
 * - `set-local`: `begin`, `set local`, the statement and `commit` in one write
 * - `session`: a setting of the session, from acquire to release
 * - `sequential`: `begin`, `set_config`, the statement, `commit`, one after the other
 */
export const STRATEGY_NAMES = ['local', 'set-local', 'session', 'sequential'] as const

/** The way in which the tenant travels; `TenantPoolConfig.strategy` has what each does. */
export type StrategyName = (typeof STRATEGY_NAMES)[number]

/** How a statement gets its tenant. */
export interface Strategy {
  readonly name: StrategyName
  /**
   * The messages around one statement, in the same write; without them the statement goes alone.
   */
  prelude?(state: ClientState, at: PreludeContext): Prelude
  /** Present where the tenant belongs to the session of a lease. */
  readonly session?: SessionSteps
}

export interface PreludeContext {
  readonly scope: Scope
  /** `I` or `T`: in a failed transaction statements go alone. */
  readonly status: TransactionStatus
  /** No statement of the transaction has bound the tenant yet: one in sight is a foreign one. */
  readonly isUnbound: boolean
  /** The session has not been proven clean in this lease: the prelude asks the server. */
  readonly isFirst: boolean
  /** The server has reported residue inside a transaction: the prelude refuses, as it does for its own finds. */
  readonly isRefused: boolean
  /** The texts that have opened the transaction; undefined when more has happened in it. */
  readonly opening: readonly string[] | undefined
}

/** Commands around a statement, whose answers the user never sees. */
export interface Prelude {
  /** How many commands `send` puts in front; each is answered by one CommandComplete. */
  readonly commands: number
  /** The commands open a transaction: the statement is followed by `commit`, in the same write. */
  readonly begins: boolean
  /** The commands clean the session, which a rollback undoes. */
  readonly cleans: boolean
  /** Writes the messages, without Describe and without Sync: the user's statement closes the flight. */
  send(connection: PgConnection): void
  /** Takes a row and returns the tenant that was there before, `''` or null if there was none. */
  receive(row: readonly (string | null)[]): string | null
}

export interface SessionSteps {
  /**
   * Gives the session its tenant; resolves to the tenant that was there before.
   *
   * @throws whatever leaves the client in doubt, which is then destroyed
   */
  enter(state: ClientState, scope: Scope): Promise<string | null>
  /** After hooks have changed the session: they belong to the connection. */
  setUp(state: ClientState): Promise<void>
  /** Does a statement give the session another tenant, as far as its text can show? */
  isChangedBy(text: string, scope: Scope): boolean
  /** Takes the tenant off the session. @throws if the server did not confirm it */
  leave(state: ClientState, scope: Scope): Promise<void>
}
