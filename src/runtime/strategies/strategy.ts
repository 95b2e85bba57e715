import type { ClientState } from '../client-state.ts'
import type { PgClient, PgConnection } from '../pg-client.ts'
import type { Scope } from '../scope.ts'

/** How a statement gets its tenant. */
export interface Strategy {
  readonly name: string
  /** What goes in front of one statement, in the same write and under the same Sync. */
  prelude(client: PgClient, state: ClientState, scope: Scope): Prelude
}

/** One command with one row, whose answers the user never sees. */
export interface Prelude {
  /** Writes the messages, without Describe and without Sync: the user's statement closes the flight. */
  send(connection: PgConnection): void
  /** Takes the row and returns the tenant that was there before, `''` or null if there was none. */
  receive(row: readonly (string | null)[]): string | null
}
