/** The literals of a deparsed condition, and the settings that it reads. */
export interface Words {
  readonly strings: readonly string[]
  readonly numbers: readonly string[]
  /** In lower case, because PostgreSQL ignores their case. */
  readonly settings: readonly string[]
}

const SETTING = /\bcurrent_setting\('((?:[^']|'')+)'::text(?=\)|, (?:true|false)\))/g
const QUOTED = /"(?:[^"]|"")*"|'((?:[^']|'')*)'/g
const NUMBER = /(?<![\w.])\d+(?![\w.])/g

export function wordsOf(conditions: readonly string[]): Words {
  const texts = conditions.map((condition) => condition.replaceAll(SETTING, ''))
  const strings = texts.flatMap((text) =>
    [...text.matchAll(QUOTED)].flatMap(([, quoted]) =>
      quoted ? quoted.replaceAll("''", "'") : [],
    ),
  )
  // A setting can be cast to boolean without a literal in the text.
  const truths = texts.some((text) => text.includes('::boolean')) ? ['true'] : []
  const numbers = texts.flatMap((text) => text.replaceAll(QUOTED, '').match(NUMBER) ?? [])
  const settings = conditions.flatMap((condition) =>
    [...condition.matchAll(SETTING)].map(([, name = '']) => name.toLowerCase()),
  )
  return {
    strings: unique([...strings, ...truths]),
    numbers: unique(numbers),
    settings: unique(settings),
  }
}

/** Every setting is named by a literal and has a dot in its name: only the application sets such ones. */
export function namesItsSettings(condition: string): boolean {
  const calls = condition.split('current_setting(').length - 1
  const named = [...condition.matchAll(SETTING)].map(([, name = '']) => name)
  return calls === named.length && named.every((name) => name.includes('.'))
}

/** The same condition, reading settings of other names. */
export function withSettings(condition: string, names: ReadonlyMap<string, string>): string {
  return condition.replaceAll(SETTING, (call, name: string) => {
    const other = names.get(name.toLowerCase())
    return other === undefined ? call : call.replace(`'${name}'`, `'${other}'`)
  })
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
