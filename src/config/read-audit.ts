import type { Waiver } from './config.ts'
import type { ConfigReader } from './config-reader.ts'
import { LEVELS_OR_OFF, type LevelOrOff } from './level.ts'

const WAIVER_KEYS = [
  'check',
  'object',
  'fingerprint',
  'reason',
  'expires',
] as const satisfies readonly (keyof Waiver)[]

/** Any check id is taken here: the audit knows which checks there are, and the runtime does not. */
export function readLevels(read: ConfigReader, value: unknown): Record<string, LevelOrOff> {
  return Object.fromEntries(
    Object.entries(read.dictionary('audit.levels', value)).flatMap(([check, level]) => {
      const known = read.oneOf(`audit.levels.${check}`, level, LEVELS_OR_OFF, undefined)
      return known ? [[check, known]] : []
    }),
  )
}

export function readWaivers(read: ConfigReader, value: unknown): Waiver[] {
  return read.list('audit.waivers', value).map((item, index) => {
    const path = `audit.waivers[${index}]`
    const waiver = read.object(path, item ?? null, WAIVER_KEYS)
    // A waiver says what it accepts, and why: these keys have no default.
    const text = (key: 'check' | 'object' | 'reason') =>
      read.text(`${path}.${key}`, waiver[key] ?? null, '')
    const fingerprint = read.text(`${path}.fingerprint`, waiver.fingerprint, undefined)
    return {
      check: text('check'),
      object: text('object'),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      reason: text('reason'),
      expires: read.day(`${path}.expires`, waiver.expires),
    }
  })
}
