import type { Phase } from '../../migration/step.ts'
import type { NewFile } from './migration-folder.ts'

/** A phase and the files that are written for it. */
export interface PhaseFiles {
  readonly phase: Phase
  /** One file, or one for each direction, then those that the tool keeps beside them. */
  readonly files: readonly NewFile[]
}
