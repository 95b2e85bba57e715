import type { ClientState } from './client-state.ts'
import { runScoped } from './scoped-query.ts'
import type { Outcome, Sendable } from './statement.ts'

/**
 * Runs a statement of our own between leases.
 *
 * @throws what the server said, and where it is not outside every transaction afterwards: a rollback
 * would bring back what was changed
 */
export function confirmed({ client }: ClientState, statement: Sendable): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    runScoped(client, statement, (outcome) => {
      const { error, status } = outcome
      if (error === undefined && status === 'I') resolve(outcome)
      else reject(error ?? new Error('The session was changed inside an open transaction'))
    })
  })
}
