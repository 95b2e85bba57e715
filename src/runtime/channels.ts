import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import type { Scope } from './scope.ts'

/**
 * Published on `kysely-tenants:statement` after every statement, in the asynchronous context of the code that
 * ran it: there a tracer finds its span, and a logger its request.
 */
export interface StatementEvent {
  readonly scope: Scope
  readonly strategy: string
  /** From the call on its connection to the last answer: the wait for a client is not in it. */
  readonly durationMs: number
}

/** Published on `kysely-tenants:violation` when a pooled client arrives with a tenant on its session. */
export interface ViolationEvent {
  readonly scope: Scope
  /** The tenant that was left behind. The client is destroyed. */
  readonly found: string
}

/**
 * Published on `kysely-tenants:residue` when an earlier statement had left something on the session of a
 * client: the session was cleaned, and the statement ran on the clean one.
 */
export interface ResidueEvent {
  /** Of the statement that met it, not of the one that left it. */
  readonly scope: Scope
  readonly strategy: string
  /** Such as `temporary objects` and `search_path attic`. */
  readonly found: readonly string[]
}

/**
 * - `no answer`: a statement timed out, was aborted or lost its connection, or the server ended the session
 * - `statement running`, `in a transaction`: the lease ended, or the client came, in the middle of one
 * - `session changed`: a statement changed what only the end of the connection takes back for certain
 * - `foreign tenant`: the session came with a tenant
 * - `cancelled`: a cancellation was sent, and may arrive late
 * - `not cleaned`: the server refused a clean-up, or other code has changed the session
 * - `login refused`, `begin failed`, `hook failed`, `busy`: what the lease began with
 */
export type DestroyReason =
  | 'no answer'
  | 'statement running'
  | 'in a transaction'
  | 'session changed'
  | 'foreign tenant'
  | 'cancelled'
  | 'not cleaned'
  | 'login refused'
  | 'begin failed'
  | 'hook failed'
  | 'busy'

/** Published on `kysely-tenants:destroyed` when a client is not given back to its pool. */
export interface DestroyedEvent {
  readonly scope: Scope
  readonly reason: DestroyReason
  /** Where there is one. */
  readonly error: unknown
  /** Clients of the same pool that were destroyed so far, this one included. */
  readonly count: number
}

/** Published on `kysely-tenants:admin` when an admin scope opens, and when an impersonation begins and ends. */
export interface AdminEvent {
  readonly reason: string | undefined
  readonly impersonation?: {
    readonly tenant: string
    readonly actor: string
    readonly readOnly: boolean
    readonly phase: 'begin' | 'end'
  }
}

/** Published on `kysely-tenants:stream` when a stream is opened and when it ends. */
export interface StreamEvent {
  readonly scope: Scope
  /** Streams over the same pool that are open now. */
  readonly open: number
}

/** The use that a client was taken for. `connection`: no statement runs on it. */
export type LeaseUse = 'stream' | 'transaction' | 'statement' | 'connection'

/** Published on `kysely-tenants:waiting` when a statement has waited a second for a client of its pool. */
export interface WaitingEvent {
  readonly scope: Scope
  readonly waitedMs: number
  /** The holders of the clients of the pool, the oldest first. */
  readonly leases: readonly {
    readonly scope: Scope
    readonly use: LeaseUse
    readonly heldMs: number
  }[]
}

const statements = channel('kysely-tenants:statement')
const violations = channel('kysely-tenants:violation')
const residues = channel('kysely-tenants:residue')
const destroyed = channel('kysely-tenants:destroyed')
const admins = channel('kysely-tenants:admin')
const streams = channel('kysely-tenants:stream')
const waitings = channel('kysely-tenants:waiting')

/** Starts the clock of a statement; the result publishes it. Free without a listener. */
export function timeStatement(scope: Scope, strategy: string): () => void {
  if (!statements.hasSubscribers) return nothing
  const inContext = AsyncLocalStorage.snapshot()
  const start = performance.now()
  return () => {
    const durationMs = performance.now() - start
    const event: StatementEvent = { scope, strategy, durationMs }
    inContext(() => statements.publish(event))
  }
}

export function publishViolation(scope: Scope, found: string): void {
  violations.publish({ scope, found } satisfies ViolationEvent)
}

export function publishResidue(scope: Scope, strategy: string, found: readonly string[]): void {
  residues.publish({ scope, strategy, found } satisfies ResidueEvent)
}

export function publishDestroyed(event: DestroyedEvent): void {
  destroyed.publish(event)
}

export function publishAdmin(event: AdminEvent): void {
  admins.publish(event)
}

export function publishStream(scope: Scope, open: number): void {
  streams.publish({ scope, open } satisfies StreamEvent)
}

export function publishWaiting(event: WaitingEvent): void {
  waitings.publish(event)
}

function nothing(): void {}
