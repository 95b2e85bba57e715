import { connectionBusy, connectionInTransaction, sessionUsed } from '../errors/connection.ts'
import type { DestroyReason } from './channels.ts'
import { type ClientState, transactionStatus } from './client-state.ts'
import { IS_UNTOUCHED } from './residue/facts.ts'
import { runScoped } from './scoped-query.ts'

/** Why a client cannot be leased. */
export interface Unfit {
  readonly reason: DestroyReason
  readonly error: unknown
}

/**
 * Whether a client that its pool has handed out can be leased: it has answered all that hooks and other
 * users of the pool have sent, it is outside a transaction, and its session is its own.
 *
 * @param isUnused no other user of the pool had the client before
 * @param patience in ms
 */
export async function unfitness(
  state: ClientState,
  isUnused: boolean,
  patience: number,
): Promise<Unfit | undefined> {
  if (!(await isReadyWithin(state, patience))) return { reason: 'busy', error: connectionBusy() }
  if (transactionStatus(state.client) !== 'I') {
    return { reason: 'in a transaction', error: connectionInTransaction(undefined) }
  }
  if (isUnused || state.baseline) return undefined
  const isUntouched = await untouched(state)
  return isUntouched ? undefined : { reason: 'not cleaned', error: sessionUsed() }
}

/** pg would queue a statement behind those that run, and warns of it. */
async function isReadyWithin({ client }: ClientState, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience
  // A new client begins with the statements of its hooks when its pool has handed it out.
  await undefined
  while (client.readyForQuery === false) {
    const left = deadline - performance.now()
    if (left <= 0 || !(await nextAnswer(client.connection, left))) return false
    // A hook that awaits its statements sends the next one now.
    await new Promise(setImmediate)
  }
  return true
}

function nextAnswer(connection: ClientState['client']['connection'], ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isReady: boolean) => {
      clearTimeout(timer)
      connection.off('readyForQuery', ready)
      connection.off('end', lost)
      resolve(isReady)
    }
    const ready = () => end(true)
    const lost = () => end(false)
    const timer = setTimeout(lost, ms)
    connection.on('readyForQuery', ready)
    connection.on('end', lost)
  })
}

/** There is no telling what a hook has set from what another user of the pool has left. */
function untouched({ client }: ClientState): Promise<boolean> {
  const holdsCursor = 'exists (select from pg_catalog.pg_cursor() where is_holdable)'
  const text = `select (${IS_UNTOUCHED} and not ${holdsCursor}) as untouched`
  return new Promise((resolve) => {
    runScoped(client, { text, values: [] }, ({ result, status }) => {
      const [row] = (result?.rows ?? []) as { untouched: boolean }[]
      resolve(status === 'I' && row?.untouched === true)
    })
  })
}
