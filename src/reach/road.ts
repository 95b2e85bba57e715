import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { Level } from '../config/level.ts'
import type { Crossing, End, RoadCommand } from './road-state.ts'

/** A road from a login to rows of another tenant. */
export interface Road {
  readonly login: string
  /** The steps in order, the login first and the table last. */
  readonly steps: readonly string[]
  readonly crossing: Crossing
  /** The same for every road through the same crossing. */
  readonly key: string
  readonly kind: End['kind']
  readonly relation: ReachRelation
  readonly command: RoadCommand
  readonly level: Level
  /** Why it only may lead there. */
  readonly doubt: string | undefined
  readonly closed: string | undefined
  readonly isNarrow: boolean
}
