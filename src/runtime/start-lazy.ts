import { types } from 'node:util'
import { isThenable } from '../util/is-thenable.ts'
import { scopes } from './scope.ts'

/**
 * Begins what begins only when it is awaited, such as a builder of Knex, while the scope of the caller
 * is there. A promise has begun, and passes as it is. A generator, such as a stream of Kysely, runs a
 * step at a time: each of them has the scope of the caller, whatever code asks for it.
 *
 * @returns a promise of the result in place of the builder
 */
export function startLazy<T>(result: T): T {
  if (types.isGeneratorObject(result)) return inScopeOfCaller(result) as T
  if (!isThenable(result) || types.isPromise(result)) return result
  return new Promise((resolve, reject) => result.then(resolve, reject)) as T
}

type Step = 'next' | 'return' | 'throw'

function inScopeOfCaller(generator: Generator | AsyncGenerator): object {
  const scope = scopes.getStore()
  const step =
    (name: Step) =>
    (...sent: unknown[]): unknown =>
      scopes.run(scope, () => Reflect.apply(generator[name], generator, sent))
  return Object.assign(Object.create(generator), {
    next: step('next'),
    return: step('return'),
    throw: step('throw'),
  })
}
