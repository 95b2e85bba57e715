/**
 * Whether somebody can see or write more than before. `UNKNOWN`: nobody can tell from two snapshots, and
 * somebody should look.
 */
export type Judgement = 'WIDENS' | 'UNKNOWN' | 'NARROWS' | 'SAFE'

/** Worst first. */
export const JUDGEMENTS: readonly Judgement[] = ['WIDENS', 'UNKNOWN', 'NARROWS', 'SAFE']

/** What several judgements come to. */
export function worstOf(judgements: readonly Judgement[]): Judgement {
  return JUDGEMENTS.find((judgement) => judgements.includes(judgement)) ?? 'SAFE'
}

export interface Change {
  readonly judgement: Judgement
  /** As a finding names it: `public.projects`, `role app_user`. */
  readonly object: string
  readonly summary: string
}

/** How a field that changed is judged; `undefined` leaves it out: something else tells of it. */
export type Judge<T> = (before: T, after: T) => Judgement | undefined

/** One for each field: what a snapshot learns to hold is not forgotten here. */
export type Judges<T> = { readonly [K in keyof T]-?: Judge<T[K]> }

export const safe = (): Judgement => 'SAFE'
export const unknown = (): Judgement => 'UNKNOWN'
export const widens = (): Judgement => 'WIDENS'
export const told = (): undefined => undefined

/** A power: who has it can do more. */
export const power: Judge<boolean> = (_, after) => (after ? 'WIDENS' : 'NARROWS')

/** A barrier: where it is, somebody can do less. */
export const barrier: Judge<boolean> = (_, after) => (after ? 'NARROWS' : 'WIDENS')

/** A change for each field that is another now. */
export function changedFields<T extends object>(
  before: T,
  after: T,
  { object, what, judges }: { object: string; what: string; judges: Judges<T> },
): Change[] {
  // The keys of a mapped type over T are those of T.
  const keys = Object.keys(judges) as (keyof T & string)[]
  return keys.flatMap((key) => {
    if (isSame(before[key], after[key])) return []
    const judgement = judges[key](before[key], after[key])
    if (judgement === undefined) return []
    const values = `${shown(before[key])} → ${shown(after[key])}`
    return { judgement, object, summary: `${[what, words(key)].join(' ').trim()}: ${values}` }
  })
}

interface ListComparison<T> {
  readonly key: (item: T) => string
  readonly added: (item: T) => Change[] | Change
  readonly gone: (item: T) => Change[] | Change
  readonly kept?: (before: T, after: T) => Change[] | Change
}

/** What came, what went, and what happened to those that stayed. */
export function changedList<T>(
  before: readonly T[],
  after: readonly T[],
  { key, added, gone, kept = () => [] }: ListComparison<T>,
): Change[] {
  const old = new Map(before.map((item) => [key(item), item]))
  const now = new Set(after.map(key))
  return [
    ...before.filter((item) => !now.has(key(item))).flatMap(gone),
    ...after.flatMap((item) => {
      const known = old.get(key(item))
      return known === undefined ? added(item) : kept(known, item)
    }),
  ]
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

// `rlsForced` → `rls forced`
function words(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === 'null' || text === '' || text === '[]' ? 'none' : text
}
