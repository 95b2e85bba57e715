import { type Scope, scopes } from './scope.ts'

/** Runs `body` in a scope, behind the promises that are about to continue. */
export function runLater(scope: Scope, body: () => void, fail: (error: unknown) => void): void {
  setImmediate(() => {
    try {
      scopes.run(scope, body)
    } catch (error) {
      fail(error)
    }
  })
}
