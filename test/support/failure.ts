import { inspect } from 'node:util'

/** The error of a promise that is expected to fail. */
export function failure(promise: PromiseLike<unknown>): Promise<Error & { code?: string }> {
  return Promise.resolve(promise).then(
    (value) => {
      throw new Error(`it was expected to fail and gave ${inspect(value)}`)
    },
    (error) => error,
  )
}
