import type { ReachFacts } from '../catalog/reach/reach-facts.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Wanted } from '../wanted/wanted.ts'

/** The database as it is, with what leads to rows, and as the config wants it. */
export interface ReachContext {
  readonly snapshot: Snapshot & { readonly reach: ReachFacts }
  readonly wanted: Wanted
}
