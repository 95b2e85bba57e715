import { nearest } from '../util/nearest.ts'

/** Reads untrusted values and collects every problem, so that all of them are reported at once. */
export class ConfigReader {
  readonly problems: string[] = []

  problem(text: string): void {
    this.problems.push(text)
  }

  expected(path: string, expectation: string, got: unknown): void {
    this.problem(`${path}: expected ${expectation}, got ${show(got)}`)
  }

  /** Names only the kind of a value that may hold a password. */
  expectedSecret(path: string, expectation: string, got: unknown): void {
    this.problem(`${path}: expected ${expectation}, got ${kindOf(got)}`)
  }

  /** An object with no other keys than `keys`; absent counts as empty. */
  object<K extends string>(
    path: string,
    value: unknown,
    keys: readonly K[],
  ): Partial<Record<K, unknown>> {
    const object = this.dictionary(path, value)
    for (const key of Object.keys(object)) {
      if (!keys.includes(key as K)) this.problem(unknownKey(path, key, keys))
    }
    return object as Partial<Record<K, unknown>>
  }

  /** Own properties only: a config never inherits. */
  dictionary(path: string, value: unknown): Record<string, unknown> {
    if (value === undefined) return {}
    if (isDictionary(value)) return { ...value }
    this.expected(path, 'an object', value)
    return {}
  }

  text<D>(path: string, value: unknown, fallback: D): string | D {
    if (value === undefined) return fallback
    if (isText(value)) return value
    this.expected(path, 'a non-empty string', value)
    return fallback
  }

  /** A list of non-empty strings; `fallback` stands for a list without a single right entry. */
  texts(path: string, value: unknown, fallback: readonly string[]): readonly string[] {
    const items = this.list(path, value)
    const texts = items.flatMap((item, index) => {
      // `[undefined]` is a mistake, `undefined` alone is the default.
      const text = this.text(`${path}[${index}]`, item ?? null, undefined)
      return text === undefined ? [] : [text]
    })
    const isEmptyList = Array.isArray(value) && value.length === 0
    return texts.length > 0 || isEmptyList ? texts : fallback
  }

  /** One non-empty string or a list of them; absent counts as none. */
  textOrTexts(path: string, value: unknown): readonly string[] {
    if (Array.isArray(value)) return this.texts(path, value, [])
    const text = this.text(path, value, undefined)
    return text === undefined ? [] : [text]
  }

  list(path: string, value: unknown): readonly unknown[] {
    if (value === undefined) return []
    // A hole in a list is read like `undefined`.
    if (Array.isArray(value)) return Array.from(value)
    const correction = isText(value) ? `; write ['${value}']` : ''
    this.problem(`${path}: expected a list, got ${show(value)}${correction}`)
    return []
  }

  /** A day of the calendar, as ISO 8601 writes it. */
  day(path: string, value: unknown): string {
    if (typeof value === 'string' && isDay(value)) return value
    this.expected(path, "a day such as '2027-01-31'", value ?? null)
    return ''
  }

  flag(path: string, value: unknown, fallback: boolean): boolean {
    if (value === undefined) return fallback
    if (typeof value === 'boolean') return value
    this.expected(path, 'true or false', value)
    return fallback
  }

  oneOf<T extends string, D>(
    path: string,
    value: unknown,
    options: readonly T[],
    fallback: D,
  ): T | D {
    if (value === undefined) return fallback
    const option = options.find((candidate) => candidate === value)
    if (option !== undefined) return option
    this.expected(path, `one of ${options.join(', ')}`, value)
    return fallback
  }
}

/** Objects that were made for their keys: a `Map`, a `Date` or a promise has none to read. */
export function isDictionary(value: unknown): value is object {
  return typeof value === 'object' && ['Object', 'Module'].includes(tagOf(value))
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\0')
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return isDictionary(value) ? 'an object' : `a ${tagOf(value)}`
  if (typeof value !== 'string') return `a ${typeof value}`
  if (value.includes('\0')) return 'a string with a NUL byte'
  return value.trim() === '' ? 'an empty string' : 'a string'
}

function unknownKey(path: string, key: string, keys: readonly string[]): string {
  const meant = nearest(key, keys)
  const suggestion = meant === undefined ? '' : `did you mean ${meant}? `
  const full = path === 'config' ? key : `${path}.${key}`
  return `${full}: unknown key; ${suggestion}${path} takes ${keys.join(', ')}`
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

const LONGEST = 200

function show(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : showOther(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function showOther(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value)
  const hasKeys = Array.isArray(value) || isDictionary(value)
  if (typeof value === 'object' && !hasKeys) return kindOf(value)
  return toJson(value) ?? kindOf(value)
}

/** JSON has no cycles, no bigints and no functions. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** `Object.prototype.toString` tells objects of another realm apart as well. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
