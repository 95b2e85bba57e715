/**
 * Whether some role can see or write more than before. `UNKNOWN`: two snapshots cannot tell, and a person
 * should look.
 */
export type Judgement = 'WIDENS' | 'UNKNOWN' | 'NARROWS' | 'SAFE'

/** Worst first. */
export const JUDGEMENTS: readonly Judgement[] = ['WIDENS', 'UNKNOWN', 'NARROWS', 'SAFE']

/** The worst of several judgements. */
export function worstOf(judgements: readonly Judgement[]): Judgement {
  return JUDGEMENTS.find((judgement) => judgements.includes(judgement)) ?? 'SAFE'
}

/** A difference between two snapshots. */
export interface Change {
  readonly judgement: Judgement
  /** As a finding names it: `public.projects`, `role app_user`. */
  readonly object: string
  readonly summary: string
}

/** The judgement of a field that changed; `undefined` when another change reports it. */
export type Judge<T> = (before: T, after: T) => Judgement | undefined

/** A judge for each field: a new field of a snapshot does not compile without one. */
export type Judges<T> = { readonly [K in keyof T]-?: Judge<T[K]> }

export const safe = (): Judgement => 'SAFE'
export const unknown = (): Judgement => 'UNKNOWN'
export const widens = (): Judgement => 'WIDENS'
export const reportedElsewhere = (): undefined => undefined

/** A power: with it a role can do more. */
export const power: Judge<boolean> = (_, after) => (after ? 'WIDENS' : 'NARROWS')

/** A barrier: with it some role can do less. */
export const barrier: Judge<boolean> = (_, after) => (after ? 'NARROWS' : 'WIDENS')

/** A change for each field whose value differs. */
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

/** The changes of a list: of items that are new, that are gone, and that stayed. */
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
