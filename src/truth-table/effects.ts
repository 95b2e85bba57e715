import type { Cell, Effect } from '../catalog/truth-table.ts'
import type { ComparedCondition } from './compared-conditions.ts'
import type { Samples } from './samples.ts'
import { NotTried } from './try-conditions.ts'

/** For each condition: one list for each state of the settings, with one outcome for each row. */
export type Outcomes = ReadonlyMap<string, readonly (readonly boolean[])[]>

export function isSame({ more, less, moreDoubt, lessDoubt }: Effect): boolean {
  return more.length === 0 && less.length === 0 && moreDoubt === null && lessDoubt === null
}

export function effectOf(
  { policy, role, clause, actual, wanted }: ComparedCondition,
  outcomes: Outcomes | NotTried,
  samples: Samples,
): Effect {
  const condition = { policy, role, clause }
  if (outcomes instanceof NotTried) {
    const doubt = `nothing could be tried: ${outcomes.reason}`
    return { ...condition, more: [], less: [], moreDoubt: doubt, lessDoubt: doubt }
  }
  const cells = (isOne: (lower: boolean, upper: boolean, wanted: boolean) => boolean): Cell[] =>
    cellsOf(samples, (at) =>
      isOne(at(outcomes, actual.lower), at(outcomes, actual.upper), at(outcomes, wanted)),
    )
  const doubt = actual.doubts.join('; ') || null
  const isPossible = cells((lower, upper, wanted) => upper && !lower && !wanted).length > 0
  return {
    ...condition,
    more: cells((lower, _, wanted) => lower && !wanted),
    less: cells((_, upper, wanted) => wanted && !upper),
    moreDoubt: isPossible ? doubt : null,
    lessDoubt: doubt,
  }
}

type At = (outcomes: Outcomes, condition: string) => boolean

// Where every row of a tenant is picked, its other values do not matter.
function cellsOf({ rows, settings }: Samples, isOne: (at: At) => boolean): Cell[] {
  return settings.states.flatMap((state, i) => {
    const picked = rows.rows.filter((_, j) =>
      isOne((outcomes, condition) => outcomes.get(condition)?.[i]?.[j] ?? false),
    )
    return [...new Set(picked.map(({ label }) => label))].flatMap((label) => {
      const isOf = (row: { label: string }) => row.label === label
      const some = picked.filter(isOf)
      const isEvery = some.length === rows.rows.filter(isOf).length
      return (isEvery ? [''] : some.map(({ others }) => others)).map(
        (values): Cell => ({ given: state.label, row: label, values }),
      )
    })
  })
}
