import type { Cell, Clause, Effect } from '../catalog/truth-table.ts'

/**
 * The verdict on an effect. `doubtful`: it was not seen to let more through, and could. `nothing`: it refuses
 * every row of a tenant. `no more`: it may refuse rows that the wanted condition lets through. `same`: other
 * words, the same rows.
 */
export type Verdict = 'more' | 'doubtful' | 'nothing' | 'no more' | 'same'

/** Worst first. */
export const VERDICTS: readonly Verdict[] = ['more', 'doubtful', 'nothing', 'no more', 'same']

export function verdictOf({ more, less, moreDoubt, lessDoubt }: Effect): Verdict {
  if (more.length > 0) return 'more'
  if (moreDoubt !== null) return 'doubtful'
  if (less.some(({ values }) => values === '')) return 'nothing'
  return less.length > 0 || lessDoubt !== null ? 'no more' : 'same'
}

/** The first cell that proves it: `with no tenant set, a row of tenant A is visible to select`. */
export function proofOf({ more, less, clause }: Effect): string {
  const [cell] = [...more, ...less]
  return cell ? sentence(cell, clause, more.length > 0) : ''
}

function sentence({ given, row, values }: Cell, clause: Clause, isPassed: boolean): string {
  const what = values === '' ? row : `${row} where ${values}`
  return `${given}, ${what} is ${isPassed ? PASSED[clause] : REFUSED[clause]}`
}

const PASSED: Readonly<Record<Clause, string>> = {
  select: 'visible to select',
  insert: 'accepted by insert',
  update: 'within reach of update',
  'updated row': 'accepted from update',
  delete: 'within reach of delete',
}

const REFUSED: Readonly<Record<Clause, string>> = {
  select: 'hidden from select',
  insert: 'refused by insert',
  update: 'out of reach of update',
  'updated row': 'refused from update',
  delete: 'out of reach of delete',
}
