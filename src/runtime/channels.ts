import { channel } from 'node:diagnostics_channel'
import type { Scope } from './scope.ts'

/** Published on `kysely-tenants:statement` after every statement. */
export interface StatementEvent {
  readonly scope: Scope
  readonly strategy: string
  readonly durationMs: number
}

/** Published on `kysely-tenants:violation` when a pooled client arrives with a tenant on its session. */
export interface ViolationEvent {
  readonly scope: Scope
  /** The tenant that somebody left behind. The client is destroyed. */
  readonly found: string
}

/** Published on `kysely-tenants:admin` when an admin scope opens. */
export interface AdminEvent {
  readonly reason: string | undefined
}

const statements = channel('kysely-tenants:statement')
const violations = channel('kysely-tenants:violation')
const admins = channel('kysely-tenants:admin')

/** Starts the clock of a statement; the result publishes it. Free when nobody listens. */
export function timeStatement(scope: Scope, strategy: string): () => void {
  if (!statements.hasSubscribers) return nothing
  const start = performance.now()
  return () => {
    const durationMs = performance.now() - start
    statements.publish({ scope, strategy, durationMs } satisfies StatementEvent)
  }
}

export function publishViolation(scope: Scope, found: string): void {
  violations.publish({ scope, found } satisfies ViolationEvent)
}

export function publishAdmin(reason: string | undefined): void {
  admins.publish({ reason } satisfies AdminEvent)
}

function nothing(): void {}
