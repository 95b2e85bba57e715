/** Reads untrusted values and collects what is wrong with them, so that all of it is reported at once. */
export class ConfigReader {
  readonly problems: string[] = []

  problem(text: string): void {
    this.problems.push(text)
  }

  expected(path: string, what: string, got: unknown): void {
    this.problem(`${path}: expected ${what}, got ${show(got)}`)
  }

  /** An object with no other keys than `keys`; absent counts as empty. */
  object<K extends string>(
    path: string,
    value: unknown,
    keys: readonly K[],
  ): Partial<Record<K, unknown>> {
    const object = this.dictionary(path, value)
    for (const key of Object.keys(object)) {
      if (!keys.includes(key as K)) {
        this.problem(`${at(path, key)}: unknown key; ${path} takes ${keys.join(', ')}`)
      }
    }
    return object as Partial<Record<K, unknown>>
  }

  /** Only own properties are read: a config has no business with prototypes. */
  dictionary(path: string, value: unknown): Record<string, unknown> {
    if (value === undefined) return {}
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
    this.expected(path, 'an object', value)
    return {}
  }

  text<D>(path: string, value: unknown, fallback: D): string | D {
    if (value === undefined) return fallback
    if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0')) return value
    this.expected(path, 'a non-empty string', value)
    return fallback
  }

  /** One string or a list of them. */
  texts(path: string, value: unknown, fallback: readonly string[]): readonly string[] {
    if (value === undefined) return fallback
    if (!Array.isArray(value)) {
      const text = this.text(path, value, undefined)
      return text === undefined ? fallback : [text]
    }
    return value.flatMap((item, index) => {
      // `[undefined]` is a mistake, `undefined` alone is the default.
      const text = this.text(`${path}[${index}]`, item ?? null, undefined)
      return text === undefined ? [] : [text]
    })
  }

  list(path: string, value: unknown): readonly unknown[] {
    if (value === undefined) return []
    if (Array.isArray(value)) return value
    this.expected(path, 'a list', value)
    return []
  }

  /** A day of the calendar, as ISO 8601 writes it. */
  day(path: string, value: unknown): string {
    const time = typeof value === 'string' ? new Date(`${value}T00:00:00Z`) : undefined
    const isDay =
      time && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(`${value}T`)
    if (isDay) return value as string
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

function at(path: string, key: string): string {
  return path === 'config' ? key : `${path}.${key}`
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  return JSON.stringify(value) ?? typeof value
}
