/**
 * The same statement for `knex.raw`, which takes every `?` for a binding and `\?` for a question mark.
 *
 * It takes all the backslashes before one away, too. Behind a backslash, as in a regular expression, a
 * question mark is written by its code point: the rest of its literal or name with it.
 * https://knexjs.org/guide/raw.html#raw-parameter-binding
 */
export function withoutBindings(sql: string): string {
  return sql.replace(QUOTED, byCodePoint).replaceAll('?', '\\?')
}

// `E'…'`, where a backslash escapes; other literals; names.
const QUOTED = /(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/gs

function byCodePoint(quoted: string): string {
  if (!quoted.includes('\\?')) return quoted
  if (quoted.startsWith('"')) {
    return `U&${quoted.replaceAll('\\', '\\\\').replaceAll('?', '\\003F')}`
  }
  if (quoted.startsWith("'")) {
    return `E${quoted.replaceAll('\\', '\\\\').replaceAll('?', '\\x3F')}`
  }
  return quoted.replace(/\\?\?|\\./gs, (part) => (part.endsWith('?') ? '\\x3F' : part))
}
