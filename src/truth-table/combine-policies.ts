import type { PolicyCommand } from '../catalog/policy-state.ts'
import type { Clause } from '../catalog/truth-table.ts'
import { writtenRowCondition } from '../policy/compare-clauses.ts'
import { all, any, type Bounds, NO_ROW } from './bounds.ts'

/** A policy that applies to a role. */
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

/** Each clause is evaluated on its own: an update or a delete without a condition reads no row. */
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
 * Combines policies as PostgreSQL does in `rowsecurity.c`: one permissive policy must let the row through,
 * and every restrictive one. A policy without the clause takes no part.
 * https://www.postgresql.org/docs/current/sql-createpolicy.html
 */
export function combine(policies: readonly Applied[], { command, of }: ClauseSource): Bounds {
  const conditions = (permissive: boolean) =>
    policies
      .filter((p) => p.permissive === permissive && ['all', command].includes(p.command))
      .flatMap((policy) => clauseOf(policy, of) ?? [])
  const opening = conditions(true)
  if (opening.length === 0) return NO_ROW
  return all([any(opening), ...conditions(false)])
}
