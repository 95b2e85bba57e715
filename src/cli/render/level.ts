import type { ChalkInstance } from 'chalk'
import type { Level } from '../../config/level.ts'

/** The worse the level, the louder the color. */
export function paintLevel(c: ChalkInstance, level: Level, text: string): string {
  switch (level) {
    case 'critical':
      return c.red.bold(text)
    case 'high':
      return c.red(text)
    case 'medium':
      return c.yellow(text)
    case 'low':
      return c.cyan(text)
    case 'info':
      return c.dim(text)
  }
}
