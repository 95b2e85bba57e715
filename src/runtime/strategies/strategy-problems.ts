import type { Guard } from '../guard.ts'
import type { Prepare } from '../statement-names.ts'
import type { StrategyName } from './strategy.ts'

interface Options {
  readonly guard?: Guard
  readonly strategy?: StrategyName
  readonly poolerKeepsSessions?: boolean
  readonly prepare?: Prepare
  readonly reset?: 'discard-all'
}

const GUARDS: readonly Guard[] = ['error', 'warn', 'off']

/** The problems of the options that every query builder has, a line each, beginning with the key. */
export function strategyProblems(
  { guard, strategy, poolerKeepsSessions, prepare, reset }: Options,
  names: readonly StrategyName[],
): string[] {
  const problems: string[] = []
  if (guard !== undefined && !GUARDS.includes(guard)) {
    problems.push(`guard: expected one of ${GUARDS.join(', ')}, got '${guard}'`)
  }
  if (strategy !== undefined && !names.includes(strategy)) {
    problems.push(`strategy: expected one of ${names.join(', ')}, got '${strategy}'`)
  }
  if (poolerKeepsSessions !== undefined && strategy !== 'session') {
    problems.push(`poolerKeepsSessions: is for the strategy 'session'`)
  }
  problems.push(...prepareProblems(prepare))
  if (typeof prepare === 'object' && strategy === 'sequential') {
    problems.push(
      `prepare: not with the strategy 'sequential', which cannot send a statement again`,
    )
  }
  if (reset !== undefined && reset !== 'discard-all') {
    problems.push(`reset: expected 'discard-all', got '${reset}'`)
  }
  return problems
}

function prepareProblems(prepare: Prepare | undefined): string[] {
  if (prepare === undefined || prepare === 'auto' || prepare === false) return []
  if (typeof prepare !== 'object' || prepare === null) {
    return [`prepare: expected 'auto', false or { max }, got '${prepare}'`]
  }
  if (Number.isSafeInteger(prepare.max) && prepare.max > 0) return []
  return [`prepare.max: expected a whole number above 0, got ${prepare.max}`]
}
