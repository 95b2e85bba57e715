import type { Format } from './file-kind.ts'
import { hasTransaction, type Phase, type Step } from './step.ts'

/** A phase, and the number of its file where it has several. */
export interface FittedPhase {
  readonly phase: Phase
  /** The end of the name of its file. */
  readonly stem: string
}

/** Divides phases into the files that a tool can run. */
export function fitPhases(phases: readonly Phase[], outside: Format['outside']): FittedPhase[] {
  return phases.flatMap((phase, index) => {
    const stem = `${index + 1}_${phase.name}`
    if (hasTransaction(phase) || outside === 'script') return [{ phase, stem }]
    const steps = phase.steps.filter(({ isCleanUp }) => !isCleanUp)
    if (outside === 'never') {
      const within = { ...phase, steps: steps.map(inTransaction), isInTransaction: true as const }
      return [{ phase: within, stem }]
    }
    return steps.map((step, n) => ({
      phase: { ...phase, steps: [step], isSingle: true as const },
      stem: steps.length === 1 ? stem : `${stem}_${n + 1}`,
    }))
  })
}

function inTransaction({ inTransaction: other, ...step }: Step): Step {
  return { ...step, ...other }
}
