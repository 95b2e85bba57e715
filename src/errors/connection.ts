import { TenancyError } from './tenancy-error.ts'

/** A hook of the pool, or another user of it, has sent a statement that does not end. */
export function connectionBusy(): TenancyError {
  return busy(
    'The pool handed out a client that goes on running statements of other code; the client was destroyed, and nothing was sent.',
    "Look at the pool's hooks for `connect`, `acquire` and `release`, and for code that releases clients before their statements are answered.",
  )
}

/** @param ms the `connectionTimeoutMillis` of the pool */
export function hookTimedOut(ms: number): TenancyError {
  return busy(
    `onCreateConnection or onReserveConnection did not end within ${ms} ms, the pool's connectionTimeoutMillis; the client was destroyed, and the statement was not sent.`,
    'Find what the hook waits for, or allow it more time.',
  )
}

export function connectionInDoubt(): TenancyError {
  return inDoubt(
    'A connection of the wrapped dialect still runs an earlier statement, or could not be cleaned; nothing was sent.',
    'Try again once the earlier statement has ended; find what keeps it running, or what the server refused to clean up.',
  )
}

/** A connection that was given to a builder or a transaction by hand. */
export function connectionForeign(): TenancyError {
  return new TenancyError(
    'CONNECTION.FOREIGN',
    'A query was given a connection that carries no tenant; it was not sent.',
    'Leave `.connection(…)` and `{ connection }` out: every query takes a connection of its scope.',
  )
}

/** Other code took this client from the pool, opened a transaction and gave the client back. */
export function connectionInTransaction(cause: unknown): TenancyError {
  return new TenancyError(
    'CONNECTION.IN_TRANSACTION',
    'The pool handed out a client inside an open transaction; the client was destroyed, and what the statement did is rolled back.',
    'Something else uses this pool and releases clients without commit or rollback; find it, then try again.',
    { cause },
  )
}

/** An object with a `submit` of its own would be sent without the tenant. */
export function queryUnsupported(): TenancyError {
  return new TenancyError(
    'QUERY.UNSUPPORTED',
    'A connection was asked to run what is neither a text nor a stream of pg-query-stream; nothing was sent.',
    'Pass a text and its values, or use `.stream()`. COPY runs over a plain Knex or pg, with a login that row security does not bind.',
  )
}

/** A clean-up that the server refused: what it would have taken away may still be there. */
export function sessionNotCleaned(cause: unknown): TenancyError {
  return inDoubt(
    'An earlier statement had left something on the session, and it could not be cleaned; the statement was not run, and the connection is closed.',
    'Send the statement again: it gets another connection. The cause says what the server refused.',
    { cause },
  )
}

/** Another user of the pool had the client before, and it is not as the server starts a session. */
export function sessionUsed(): TenancyError {
  return inDoubt(
    'The pool handed out clients whose session other code has changed; they were destroyed, and nothing was sent.',
    'Give the tenancy a pool of its own, or let no other user of it set roles and settings or leave temporary tables.',
  )
}

function busy(message: string, hint: string): TenancyError {
  return new TenancyError('CONNECTION.BUSY', message, hint)
}

function inDoubt(
  message: string,
  hint: string,
  options?: { readonly cause: unknown },
): TenancyError {
  return new TenancyError('CONNECTION.IN_DOUBT', message, hint, options)
}
