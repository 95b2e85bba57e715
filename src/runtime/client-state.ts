import { NOT_SUBMITTED } from './hand-over.ts'
import type { PgClient, TransactionStatus } from './pg-client.ts'
import type { PreparedStatements } from './prepared-statements.ts'
import type { Baseline } from './residue/baseline.ts'

/** The knowledge about a pooled client, from its first checkout to its end. */
export interface ClientState {
  readonly client: PgClient
  /** Of the backend that the client was connected to; a pooler makes one up. */
  readonly pid: number | undefined
  /** Kept before pg 8.21 only, which knows it itself. */
  status: TransactionStatus
  /** Did `onCreateConnection` run? */
  created: boolean
  /** No pooler in the path; undefined until the first statement asked. */
  direct: boolean | undefined
  /** Undefined until the first statement has asked. */
  baseline: Baseline | undefined
  /** Settings that have changed since, by name: the server reports some of them by itself. */
  readonly reported: Map<string, string>
  /** The session has had temporary objects: the first statement of a lease discards them unasked. */
  discards: boolean
  /** How often it has lost the names of prepared statements to something beside us. */
  losses: number
  /** Names of the preludes that this connection has prepared. */
  readonly prepared: Set<string>
  /** The statements of the user that it has prepared; `'off'` behind a pooler that loses them. */
  statements: PreparedStatements | 'off' | undefined
}

/** A session that loses the names again and again gets no more of them. */
export const MAX_LOSSES = 3

const states = new WeakMap<PgClient, ClientState>()

/** The state of a client; the first call begins to watch it. */
export function clientState(client: PgClient): ClientState {
  const known = states.get(client)
  if (known) return known

  const state: ClientState = {
    client,
    pid: typeof client.processID === 'number' ? client.processID : undefined,
    status: 'I',
    created: false,
    direct: undefined,
    baseline: undefined,
    reported: new Map(),
    discards: false,
    losses: 0,
    prepared: new Set(),
    statements: undefined,
  }
  states.set(client, state)
  // pg refuses a text under a name that it knows with another.
  if (client.connection.parsedStatements) client.connection.parsedStatements[NOT_SUBMITTED] = ' '
  if (!client.getTransactionStatus) {
    client.connection.on('readyForQuery', (message) => {
      state.status = message.status
    })
  }
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    state.reported.set(parameterName, parameterValue)
  })
  ignoreErrors(client)
  return state
}

/** As the server said it last. */
export function transactionStatus(client: PgClient): TransactionStatus {
  return client.getTransactionStatus?.() ?? clientState(client).status
}

/**
 * pg-pool takes its own listener away while a client is checked out: without one here, a backend that
 * dies between two statements would end the process. The next statement reports the loss.
 */
export function ignoreErrors(client: PgClient): void {
  client.on('error', nothing)
}

function nothing(): void {}

/**
 * Is the client as a pool should hand it out? Other code that uses the same pool can have released
 * it in the middle of a statement or of a transaction.
 */
export function isIdle(client: PgClient): boolean {
  return client.readyForQuery !== false && transactionStatus(client) === 'I'
}

/**
 * Gives a client back so that it is never handed out again; does not wait for a peer that may be
 * dead.
 */
export function destroyClient(client: PgClient, reason?: unknown): void {
  client.release(reason instanceof Error ? reason : true)
  client.connection.stream.destroy()
}
