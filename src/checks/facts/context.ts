import type { Snapshot } from '../../catalog/snapshot.ts'
import type { Wanted } from '../../wanted/wanted.ts'

/** The database as it is, and as the config wants it. */
export interface CheckContext {
  readonly snapshot: Snapshot
  readonly wanted: Wanted
}
