import type { KnexTransactor } from './knex-shapes.ts'

/**
 * The container of a transaction whose `trx.commit()` rejects when nothing was stored. That of Knex
 * resolves all the same, and only `trx.executionPromise` rejects: code that awaits the commit would
 * go on as if its rows were there.
 */
export function withLoudCommit(container: unknown): unknown {
  if (typeof container !== 'function') return container
  return (transactor: KnexTransactor) => {
    const { commit } = transactor
    transactor.commit = (value) => {
      const committed = commit.call(transactor, value).then(async (response) => {
        await transactor.executionPromise
        return response
      })
      // Code that does not await it is told by the promise of the transaction.
      committed.catch(() => undefined)
      return committed
    }
    return container(transactor)
  }
}
