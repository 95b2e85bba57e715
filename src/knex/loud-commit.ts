import { scopeEnded } from '../errors/application.ts'
import type { KnexTransactor } from './knex-shapes.ts'

/**
 * The container of a transaction whose `trx.commit()` rejects when nothing was stored. That of Knex
 * resolves all the same, and only `trx.executionPromise` rejects: code that awaits the commit would
 * go on as if its rows were there.
 */
export function withLoudCommit(container: unknown): unknown {
  if (typeof container !== 'function') return container
  return (transactor: KnexTransactor) => {
    endLoudly(transactor)
    return container(transactor)
  }
}

/**
 * A second end waits for the first. Knex gives the connection back at once where they overlap, and the
 * answer to the COMMIT would be lost with it.
 */
function endLoudly(transactor: KnexTransactor): void {
  const { commit, rollback } = transactor
  let isStored = false
  let ended: Promise<unknown> | undefined
  const inTurn = (end: () => Promise<unknown>): Promise<unknown> => {
    const ending = ended ? ended.then(end) : end()
    ended = ending.catch(() => undefined)
    return ending
  }
  transactor.commit = (value) => {
    const committed = inTurn(async () => {
      const response = await commit.call(transactor, value)
      isStored ||= response !== undefined
      if (!isStored) await transactor.executionPromise
      // After a rollback the promise of the transaction may be resolved as well.
      if (!isStored) throw scopeEnded()
      return response
    })
    // Code that does not await it is told by the promise of the transaction.
    committed.catch(() => undefined)
    return committed
  }
  transactor.rollback = (error) => inTurn(() => rollback.call(transactor, error))
}
