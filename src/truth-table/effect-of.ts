import type { Cell, Effect } from '../catalog/truth-table.ts'
import type { Subject } from './compared-conditions.ts'
import type { Samples } from './samples.ts'
import { NotTried } from './try-conditions.ts'

/** Of each condition: given by given, row by row. */
export type Outcomes = ReadonlyMap<string, readonly (readonly boolean[])[]>

export function isSame({ more, less, moreDoubt, lessDoubt }: Effect): boolean {
  return more.length === 0 && less.length === 0 && moreDoubt === null && lessDoubt === null
}

export function effectOf(
  { policy, role, clause, actual, wanted }: Subject,
  outcomes: Outcomes | NotTried,
  samples: Samples,
): Effect {
  const subject = { policy, role, clause }
  if (outcomes instanceof NotTried) {
    const doubt = `nothing could be tried: ${outcomes.reason}`
    return { ...subject, more: [], less: [], moreDoubt: doubt, lessDoubt: doubt }
  }
  const cells = (isOne: (lower: boolean, upper: boolean, wanted: boolean) => boolean): Cell[] =>
    cellsOf(samples, (at) =>
      isOne(at(outcomes, actual.lower), at(outcomes, actual.upper), at(outcomes, wanted)),
    )
  const doubt = actual.doubts.join('; ') || null
  const isPossible = cells((lower, upper, wanted) => upper && !lower && !wanted).length > 0
  return {
    ...subject,
    more: cells((lower, _, wanted) => lower && !wanted),
    less: cells((_, upper, wanted) => wanted && !upper),
    moreDoubt: isPossible ? doubt : null,
    lessDoubt: doubt,
  }
}

type At = (outcomes: Outcomes, condition: string) => boolean

// Where every row of a tenant is picked, what else it holds says nothing.
function cellsOf({ rows, givens }: Samples, isOne: (at: At) => boolean): Cell[] {
  return givens.givens.flatMap((given, i) => {
    const picked = rows.rows.filter((_, j) =>
      isOne((outcomes, condition) => outcomes.get(condition)?.[i]?.[j] ?? false),
    )
    return [...new Set(picked.map(({ label }) => label))].flatMap((label) => {
      const isOf = (row: { label: string }) => row.label === label
      const some = picked.filter(isOf)
      const isEvery = some.length === rows.rows.filter(isOf).length
      return (isEvery ? [''] : some.map(({ others }) => others)).map(
        (values): Cell => ({ given: given.label, row: label, values }),
      )
    })
  })
}
