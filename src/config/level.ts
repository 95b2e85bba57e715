/** How bad a finding is, worst first: from "rows cross tenants now" to "worth knowing". */
export const LEVELS = ['critical', 'high', 'medium', 'low', 'info'] as const

export type Level = (typeof LEVELS)[number]

/** What a config may say of a check: how bad it is, or that it is not made. */
export type LevelOrOff = Level | 'off'

export const LEVELS_OR_OFF: readonly LevelOrOff[] = [...LEVELS, 'off']

/** True when `level` is at least as bad as `threshold`. */
export function isAtLeast(level: Level, threshold: Level): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(threshold)
}
