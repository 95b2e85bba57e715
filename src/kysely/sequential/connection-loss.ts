import { isFatal, isServerError } from '../../runtime/server-error.ts'

// Of postgres.js, whose errors of the client have no SQLSTATE.
const CLOSED = new Set(['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED'])
const FATAL = new Set(['FATAL', 'PANIC'])

/** Did the connection end with this error? */
export function isLoss(error: unknown): error is Error {
  if (isClosed(error)) return true
  if (!isServerError(error)) return false
  // An error of the class may also be raised by a function. Some dialects translate the word.
  return FATAL.has(error.severity) || (error.severity !== 'ERROR' && isFatal(error))
}

/**
 * postgres.js takes a connection that has ended out of use by itself. One that is given back after it
 * has closed is handed out once more, and the next statement on it ends the process.
 */
export function isReturnedByItself(loss: Error): boolean {
  return isClosed(loss) || loss.name === 'PostgresError'
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CLOSED.has(String(error.code))
}
