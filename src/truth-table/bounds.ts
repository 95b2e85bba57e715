import { conjuncts } from '../policy/conjuncts.ts'

/**
 * A condition between two others: `lower` is true only where it can be, `upper` wherever it could be.
 * Policies are combined with AND and OR alone, so bounds of them make bounds of the whole.
 */
export interface Bounds {
  readonly lower: string
  readonly upper: string
  /** The reasons why the two differ. */
  readonly doubts: readonly string[]
}

export const NO_ROW: Bounds = exactly('false')

export function exactly(condition: string): Bounds {
  return { lower: condition, upper: condition, doubts: [] }
}

/** A condition that is not run may be anything, but never more than its known parts. */
export function opaque(condition: string, known: readonly string[], doubts: string[]): Bounds {
  return { lower: 'false', upper: knownPart(condition, known), doubts }
}

/** A condition that is run can prove a leak. Without a leak it proves no more than its known parts. */
export function open(condition: string, known: readonly string[], doubts: string[]): Bounds {
  return { lower: condition, upper: knownPart(condition, known), doubts }
}

function knownPart(condition: string, known: readonly string[]): string {
  const parts = conjuncts(condition).filter((part) => known.includes(part))
  return parts.length > 0 ? parts.join(' and ') : 'true'
}

export function all(bounds: readonly Bounds[]): Bounds {
  return join(bounds, ' and ', 'true')
}

export function any(bounds: readonly Bounds[]): Bounds {
  return join(bounds, ' or ', 'false')
}

function join(bounds: readonly Bounds[], operator: string, empty: string): Bounds {
  const text = (parts: readonly string[]) =>
    parts.length === 0 ? empty : [...new Set(parts)].map((part) => `(${part})`).join(operator)
  return {
    lower: text(bounds.map(({ lower }) => lower)),
    upper: text(bounds.map(({ upper }) => upper)),
    doubts: [...new Set(bounds.flatMap(({ doubts }) => doubts))],
  }
}
