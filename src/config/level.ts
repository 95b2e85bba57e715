/** The levels of findings, worst first: from "rows cross tenants now" to "worth knowing". */
export const LEVELS = ['critical', 'high', 'medium', 'low', 'info'] as const

export type Level = (typeof LEVELS)[number]

/** The level that a config gives to a check; `'off'` switches the check off. */
export type LevelOrOff = Level | 'off'

export const LEVELS_OR_OFF: readonly LevelOrOff[] = [...LEVELS, 'off']

/** True when `level` is at least as bad as `threshold`. */
export function isAtLeast(level: Level, threshold: Level): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(threshold)
}
