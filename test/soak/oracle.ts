import { inspect } from 'node:util'
import { type ErrorCode, isTenancyError } from '../../src/index.ts'
import { type ClientState, isClean } from './client-state.ts'
import type { Operation } from './operation.ts'

/** The findings that must never occur. */
export const FINDINGS = [
  'foreign row read',
  'foreign row written',
  'nothing read where rows are due',
  'row read without a tenant',
  'client left dirty',
  'foreign residue',
  'kept handle answered',
  'error swallowed',
  'write lost',
  'write not undone',
  'unexpected error',
  'hang',
  'unhandled error',
  'transaction left open',
  'client lost',
  'too few reads',
] as const

export type Finding = (typeof FINDINGS)[number]

export interface Row {
  readonly id: number
  readonly tenant_id: string
  readonly meant_for: string
}

/** The state of a session that functions of others may have changed. */
export interface SessionState {
  readonly roles: string
  readonly settings: string
  /** Temporary objects and cursors with hold. */
  readonly leftovers: number
}

const CLEAN: SessionState = { roles: 't none', settings: 'on "$user", public 0', leftovers: 0 }

/** Judges what the operations see, and remembers what must be in the table at the end. */
export interface Oracle {
  /** Every row belongs to the tenant that asked, and there are some. */
  judge(tenant: string, rows: readonly Row[]): void
  /** Without a tenant there is no row to read. */
  judgeNothing(rows: readonly Row[]): void
  /** A lease finds the session as if it were new. */
  judgeSession(state: SessionState): void
  /** The next user of a pooled client finds it as if it were new. */
  judgeClient(state: ClientState): void
  note(finding: Finding, detail: string): void
  /** An operation ended with an error: a chaotic world has some, but not any. */
  failed(operation: Operation, error: unknown): void
  /** The database said that it is stored. */
  committed(id: number): void
  /** The application was told that it is not. */
  undone(id: number): void
  /** How often something was read and judged. */
  reads(): number
  readonly writes: { readonly committed: readonly number[]; readonly undone: readonly number[] }
  readonly findings: Readonly<Partial<Record<Finding, number>>>
  /** The first details of each finding. */
  readonly details: readonly string[]
  /** How many operations ended with which error. */
  readonly failures: Readonly<Record<string, number>>
}

const DETAILS_PER_FINDING = 3

export function createOracle(): Oracle {
  const findings: Partial<Record<Finding, number>> = {}
  const details: string[] = []
  const failures: Record<string, number> = {}
  let reads = 0
  const writes = { committed: [] as number[], undone: [] as number[] }

  const note = (finding: Finding, detail: string) => {
    findings[finding] = (findings[finding] ?? 0) + 1
    if (findings[finding] <= DETAILS_PER_FINDING)
      details.push(`${finding}: ${detail.replaceAll(/\s+/g, ' ')}`)
  }

  return {
    writes,
    findings,
    details,
    failures,
    note,
    reads: () => reads,
    judge(tenant, rows) {
      reads++
      if (rows.length === 0) note('nothing read where rows are due', `asked by ${tenant}`)
      const foreign = rows.find((row) => row.tenant_id !== tenant || row.meant_for !== tenant)
      if (foreign) note('foreign row read', `${JSON.stringify(foreign)}, asked by ${tenant}`)
    },
    judgeNothing(rows) {
      if (rows.length > 0) note('row read without a tenant', JSON.stringify(rows[0]))
    },
    judgeSession(state) {
      if (JSON.stringify(state) !== JSON.stringify(CLEAN)) {
        note('foreign residue', JSON.stringify(state))
      }
    },
    judgeClient(state) {
      if (!isClean(state)) note('client left dirty', JSON.stringify(state))
    },
    failed(operation, error) {
      const name = nameOf(error)
      failures[name] = (failures[name] ?? 0) + 1
      if (!isOfChaos(error))
        note('unexpected error', `${JSON.stringify(operation)}: ${inspect(error)}`)
    },
    committed: (id) => writes.committed.push(id),
    undone: (id) => writes.undone.push(id),
  }
}

function nameOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? String(error)
}

const SOCKET_CODES = ['ECONNRESET', 'EPIPE']

// The messages of pg for a connection that is gone, or a server that does not answer; they have no
// codes.
const LOST =
  /^(?:Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|This socket has been ended|Client was closed)/

// Our error for such a connection, with pg's error as the cause.
const WRAPPING: readonly ErrorCode[] = ['POOL.EXHAUSTED', 'SCOPE.ENDED', 'CONNECTION.IN_DOUBT']

/** Does a connection that was cut, killed or swallowed explain the error? */
function isOfChaos(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '' } = error as { code?: string }
  if (isTenancyError(error)) return WRAPPING.includes(error.code) && isOfChaos(error.cause)
  return code === '57P01' || SOCKET_CODES.includes(code) || LOST.test(error.message)
}
