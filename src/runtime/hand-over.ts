import { statementNotTaken } from '../errors/application.ts'
import { isThenable } from '../util/is-thenable.ts'
import type { PgClient, PgSubmittable } from './pg-client.ts'

/**
 * The name of a statement before it is submitted. Tracing leaves named statements as they are, so it
 * copies none for a comment; and under this name pg refuses whatever is no statement of ours.
 */
export const NOT_SUBMITTED = 'kysely_tenants'

/** The values until then: pg refuses a copy with them, since they are no array. */
export const NO_VALUES_YET: unknown = Object.freeze(Object.create([]))

/** How long a wrapper around `client.query` may keep a statement to itself, in ms. */
const PATIENCE_MS = 2000

/** A statement or a cursor that is handed to pg. */
export interface HandedOver {
  /** pg has submitted it, or has told it that it cannot. */
  isTaken(): boolean
  /** It is not submitted any more. */
  refuse(error: unknown): void
}

/**
 * Hands a statement to `client.query`, which tracing and tests wrap. A wrapper that hands on a copy would
 * send it without its tenant: it is found out, and what it made of the statement is refused.
 */
export function handOver(
  client: PgClient,
  submittable: PgSubmittable,
  statement: HandedOver,
): void {
  const refuse = (cause: unknown) => {
    if (!statement.isTaken()) statement.refuse(statementNotTaken(cause))
  }
  let returned: unknown
  try {
    returned = client.query(submittable)
  } catch (error) {
    if (statement.isTaken()) throw error
    refuse(error)
    return
  }
  if (statement.isTaken()) return
  if (returned !== submittable && isThenable(returned)) {
    returned.then(
      () => setImmediate(refuse, undefined),
      (error) => setImmediate(refuse, error),
    )
  }
  awaitTaking(client, statement, refuse)
}

/** A wrapper may be late, and pg queues a statement behind one that a wrapper has sent. */
function awaitTaking(
  client: PgClient,
  statement: HandedOver,
  refuse: (cause: unknown) => void,
): void {
  setTimeout(() => {
    if (statement.isTaken()) return
    if (client.readyForQuery === false) awaitTaking(client, statement, refuse)
    else refuse(undefined)
  }, PATIENCE_MS).unref()
}
