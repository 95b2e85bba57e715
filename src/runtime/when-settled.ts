import { Stream } from 'node:stream'
import { types } from 'node:util'

/**
 * Calls `done` once, when `body` has thrown, or when what it returned is over: a promise that has settled,
 * a generator that has run to its end, failed or was left early, a stream that has closed. Anything
 * else is over when it is returned.
 */
export function whenSettled<T>(body: () => T, done: () => void): T {
  let result: T
  try {
    result = body()
  } catch (error) {
    done()
    throw error
  }
  if (types.isPromise(result)) return result.finally(done) as T
  if (hasSteps(result)) return watched(result, once(done)) as T
  // Not `finished`, which would listen to the errors of the stream and so hide them.
  if (result instanceof Stream) result.once('close', done)
  else done()
  return result
}

type Steps = Generator | AsyncGenerator
type Step = 'next' | 'return' | 'throw'

const STEPS: readonly Step[] = ['next', 'return', 'throw']

/** A stream of Kysely is one of them. */
function hasSteps(value: unknown): value is Steps {
  if (typeof value !== 'object' || value === null) return false
  return STEPS.every((name) => typeof Reflect.get(value, name) === 'function')
}

function watched(steps: Steps, done: () => void): object {
  const fail = (error: unknown): never => {
    done()
    throw error
  }
  const pass = (result: IteratorResult<unknown>) => {
    if (result.done) done()
    return result
  }
  const step =
    (name: Step) =>
    (...sent: unknown[]): unknown => {
      try {
        const result: IteratorResult<unknown> | Promise<IteratorResult<unknown>> = Reflect.apply(
          steps[name],
          steps,
          sent,
        )
        return result instanceof Promise ? result.then(pass, fail) : pass(result)
      } catch (error) {
        return fail(error)
      }
    }
  return Object.assign(Object.create(steps), {
    next: step('next'),
    return: step('return'),
    throw: step('throw'),
  })
}

function once(body: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    body()
  }
}
