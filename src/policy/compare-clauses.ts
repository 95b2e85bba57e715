import type { PolicyState } from '../catalog/policy-state.ts'
import { conjuncts } from './conjuncts.ts'
import { isOwnRow } from './current-tenant.ts'
import type { PolicyPair } from './policy-pair.ts'
import type { TenantTable } from './tenant-table.ts'

/** A condition of a policy, and the columns of its own table that it mentions. */
export interface Clause {
  readonly text: string | null
  readonly columns: readonly string[]
}

/** The condition that a written row must meet: where there is no WITH CHECK, USING stands in for it. */
export function writtenRowCondition<T, C extends T | null | undefined>({
  using,
  check,
}: {
  using: T
  check: C
}): T {
  return check ?? using
}

/** The clause of the rows that a statement finds. */
export function foundRowClause({ using, usingColumns }: PolicyState): Clause {
  return { text: using, columns: usingColumns }
}

/** The clause of the rows that a statement writes. */
export function writtenRowClause(policy: PolicyState): Clause {
  const { check, checkColumns } = policy
  const own = check === null ? null : { text: check, columns: checkColumns }
  return writtenRowCondition({ using: foundRowClause(policy), check: own })
}

/** The clauses that take part in a command of the policy: that of the rows it finds, that of the rows it writes. */
export function effectiveClauses(policy: PolicyState): Clause[] {
  const { command } = policy
  const reading = foundRowClause(policy)
  const writing = writtenRowClause(policy)
  const clauses = { select: [reading], delete: [reading], insert: [writing] }
  return command === 'all' || command === 'update' ? [reading, writing] : clauses[command]
}

/** Each clause of the wanted policy beside the one that takes its part in the database. */
export function comparedClauses({
  wanted,
  actual,
}: PolicyPair): { readonly actual: Clause; readonly wanted: string | undefined }[] {
  const { command, using } = wanted
  const written = writtenRowCondition(wanted)
  const expected =
    command === 'all' || command === 'update'
      ? [using, written]
      : [command === 'insert' ? written : using]
  return effectiveClauses({ ...actual, command }).map((clause, index) => ({
    actual: clause,
    wanted: expected[index]?.deparsed,
  }))
}

/**
 * `stricter`: the wanted condition, or that of the own rows, and more. `ignores`: a clause does not look at
 * the tenant column at all.
 */
export type Difference = 'none' | 'stricter' | 'ignores' | 'differs'

/** How the conditions of a policy differ from those of the wanted one of its name: the worst of its clauses. */
export function difference(pair: PolicyPair, table: TenantTable): Difference {
  const own = isOwnRow(table).deparsed
  const verdicts = comparedClauses(pair).map(({ actual, wanted }): Difference => {
    if (actual.text === wanted) return 'none'
    // No clause lets more through than `true` does.
    if (wanted === 'true') return 'stricter'
    const parts = actual.text === null ? [] : conjuncts(actual.text)
    if (parts.some((part) => part === wanted || part === own)) return 'stricter'
    return actual.columns.includes(table.column) ? 'differs' : 'ignores'
  })
  const ORDER: readonly Difference[] = ['ignores', 'differs', 'stricter']
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'none'
}
