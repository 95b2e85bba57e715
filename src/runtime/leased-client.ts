import type { DestroyReason } from './channels.ts'
import { type ClientState, destroyClient } from './client-state.ts'
import { consumeCancelSignal } from './control-client.ts'
import type { LeaseState } from './lease-state.ts'
import type { OpenLease, OpenLeases } from './open-leases.ts'
import { endOfLease } from './residue/end-of-lease.ts'
import type { Sender } from './sender.ts'

/** The client of a lease until it is given back or destroyed, which happens once. */
export class LeasedClient {
  readonly state: ClientState
  readonly #lease: OpenLease
  readonly #leases: OpenLeases
  readonly #sender: Sender
  hasEnded = false
  /** Why the lease ended, where it was not given back in the usual way. */
  loss: unknown

  constructor(state: ClientState, lease: OpenLease, leases: OpenLeases, sender: Sender) {
    this.state = state
    this.#lease = lease
    this.#leases = leases
    this.#sender = sender
    leases.add(lease)
  }

  /** Gives the client back, or destroys it when anything about it is in doubt. */
  release(lease: LeaseState, isRunning: boolean): void {
    if (this.hasEnded) return
    const reason = isRunning ? 'statement running' : reasonToDestroy(this.state, lease)
    if (reason) {
      this.destroy(undefined, reason)
      return
    }
    this.hasEnded = true
    this.#leases.delete(this.#lease)
    const { strategy, discardsAll } = this.#sender
    if (strategy.session || discardsAll || lease.changes) this.#releaseClean(lease)
    else this.state.client.release()
  }

  /** Ends the lease; the server rolls back whatever was open. */
  destroy(error: unknown, reason: DestroyReason): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.#leases.delete(this.#lease)
    this.loss = error
    consumeCancelSignal(this.state.pid)
    this.#destroy(error, reason)
  }

  async #releaseClean({ changes }: LeaseState): Promise<void> {
    const { strategy, discardsAll } = this.#sender
    try {
      await endOfLease(this.state, {
        scope: this.#lease.scope,
        steps: strategy.session,
        changes,
        discardsAll,
        forgetPrepared: () => this.#sender.forgetPrepared(this.state),
      })
      this.state.client.release()
    } catch (error) {
      this.#destroy(error, 'not cleaned')
    }
  }

  #destroy(error: unknown, reason: DestroyReason): void {
    this.#leases.destroyed(this.#lease.scope, reason, error)
    destroyClient(this.state.client, error)
  }
}

function reasonToDestroy(
  { pid }: ClientState,
  { status, hadForeignTenant, changes }: LeaseState,
): DestroyReason | undefined {
  const isSignalled = consumeCancelSignal(pid)
  if (status !== 'I') return 'in a transaction'
  if (hadForeignTenant) return 'foreign tenant'
  if (changes?.isLasting) return 'session changed'
  return isSignalled ? 'cancelled' : undefined
}
