import { withoutBindings } from './without-bindings.ts'

/** How statements and comments are written in a file. */
export interface Syntax {
  readonly comment: '//' | '--'
  /** @param width what is left of the line */
  readonly statement: (sql: string, width: number) => string
  /** A line between the statements of `up`. */
  readonly separator?: string
}

export const KYSELY: Syntax = {
  comment: '//',
  statement: (sql, width) => call(sql, ['await sql', '.execute(db)'], width),
}

export const KNEX: Syntax = {
  comment: '//',
  statement: (sql, width) => call(withoutBindings(sql), ['await knex.raw(', ')'], width),
}

/** Where the statements need a session of their own, which a pool does not give. */
export const CONNECTION: Syntax = {
  comment: '//',
  statement: (sql, width) => call(sql, ['await connection.query(', ')'], width),
}

export const NODE_PG_MIGRATE: Syntax = {
  comment: '//',
  statement: (sql, width) => call(sql, ['pgm.sql(', ')'], width),
}

export const SQL: Syntax = { comment: '--', statement: (sql) => `${sql};` }

/** Drivers that take one statement at a time get the parts between these marks. */
export const DRIZZLE: Syntax = { ...SQL, separator: '--> statement-breakpoint' }

/** A file of one statement has no other place for a setting than the block that it is. */
export const SINGLE: Syntax = {
  comment: '--',
  statement: (sql) =>
    `${sql.replace(BLOCK, `$1  perform pg_catalog.set_config('row_security', 'off', false);\n`)};`,
}

const BLOCK = /^(do (\$\w*\$)\nbegin\n)/

/** The SQL between the two parts, as a template literal. */
function call(sql: string, [before, after]: [string, string], width: number): string {
  const text = templateText(sql)
  const line = `${before}\`${text}\`${after}`
  if (!text.includes('\n') && line.length <= width) return line
  return `${before}\`\n${indent(text, 2)}\n\`${after}`
}

// Line breaks between words may be indented; those inside quotes belong to the value.
function templateText(sql: string): string {
  return sql
    .replace(/[\\`]|\$\{/g, '\\$&')
    .replace(/\r/g, '\\r')
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) => quoted.replaceAll('\n', '\\n'))
}

// By `\n` alone: to `^` with the flag `m`, U+2028 inside a value begins a line too.
export function indent(text: string, width: number): string {
  return text.replace(/(^|\n)(?=[^\n])/g, `$1${' '.repeat(width)}`)
}
