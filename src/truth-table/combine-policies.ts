import type { PolicyCommand } from '../catalog/policy-state.ts'
import type { Clause } from '../catalog/truth-table.ts'
import { writtenRowCondition } from '../policy/compare-clauses.ts'
import { all, any, type Bounds, NOTHING } from './bounds.ts'

/** A policy of which a role is known to have it. */
export interface Applied {
  readonly command: PolicyCommand
  readonly permissive: boolean
  readonly using: Bounds | null
  readonly check: Bounds | null
}

interface ClauseSource {
  readonly clause: Clause
  readonly command: Exclude<PolicyCommand, 'all'>
  readonly of: 'using' | 'check'
}

/** Each is asked on its own: an update or a delete without a condition reads no row. */
export const CLAUSES: readonly ClauseSource[] = [
  { clause: 'select', command: 'select', of: 'using' },
  { clause: 'insert', command: 'insert', of: 'check' },
  { clause: 'update', command: 'update', of: 'using' },
  { clause: 'updated row', command: 'update', of: 'check' },
  { clause: 'delete', command: 'delete', of: 'using' },
]

export function clauseOf(
  policy: Pick<Applied, 'using' | 'check'>,
  of: 'using' | 'check',
): Bounds | null {
  return of === 'using' ? policy.using : writtenRowCondition(policy)
}

/**
 * As `rowsecurity.c` combines them: some permissive policy must let the row through, and every
 * restrictive one. A policy without the clause takes no part in it.
 * https://www.postgresql.org/docs/current/sql-createpolicy.html
 */
export function combine(policies: readonly Applied[], { command, of }: ClauseSource): Bounds {
  const conditions = (permissive: boolean) =>
    policies
      .filter((p) => p.permissive === permissive && ['all', command].includes(p.command))
      .flatMap((policy) => clauseOf(policy, of) ?? [])
  const opening = conditions(true)
  if (opening.length === 0) return NOTHING
  return all([any(opening), ...conditions(false)])
}
