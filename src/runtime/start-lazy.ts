import { types } from 'node:util'

/**
 * Begins what begins only when it is awaited, such as a builder of Knex, while the scope of the caller
 * is there. A promise has begun, and passes as it is.
 *
 * @returns a promise of the result in place of the builder
 */
export function startLazy<T>(result: T): T {
  if (!isThenable(result) || types.isPromise(result)) return result
  return new Promise((resolve, reject) => result.then(resolve, reject)) as T
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && 'then' in value && typeof value.then === 'function'
}
