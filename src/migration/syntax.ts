import { withoutBindings } from './without-bindings.ts'

/** How statements and comments are written in a file. */
export interface Syntax {
  readonly comment: '//' | '--'
  readonly statement: (sql: string) => string
  /** The lines before and after the statements, where they are a list in code. */
  readonly list?: readonly [before: string, after: string]
  /** A line between the statements of `up`. */
  readonly separator?: string
}

export const KYSELY: Syntax = {
  comment: '//',
  statement: (sql) => `sql\`${templateText(sql)}\`,`,
  list: listOf('await statement.execute(db)'),
}

export const KNEX: Syntax = {
  comment: '//',
  statement: (sql) => `\`${templateText(withoutBindings(sql))}\`,`,
  list: listOf('await knex.raw(statement)'),
}

/** Where the statements need a session of their own, which a pool does not give. */
export const CONNECTION: Syntax = {
  comment: '//',
  statement: (sql) => `\`${templateText(sql)}\`,`,
  list: listOf('await connection.query(statement)'),
}

export const NODE_PG_MIGRATE: Syntax = {
  comment: '//',
  statement: (sql) => `\`${templateText(sql)}\`,`,
  list: listOf('pgm.sql(statement)'),
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

const BLOCK = /^(do (\$\w*\$) begin\n)/

// A list: a call around the text of a long statement would take lines of its own.
function listOf(call: string): readonly [string, string] {
  return ['const statements = [', `]\nfor (const statement of statements) ${call}`]
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
