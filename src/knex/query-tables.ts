import type { TableName } from '../runtime/named-tables.ts'
import type { KnexBuilder, KnexClient, KnexCompiler, KnexStatement } from './knex-shapes.ts'

/** A builder while it is compiled: the names of the common table expressions that it can see. */
interface Level {
  readonly builder: KnexBuilder
  readonly expressions: Set<string>
}

/**
 * The tables that a query names anywhere. Callbacks become builders only when they are compiled, so the
 * query is compiled, and every compiler of it reports what it was made for.
 */
export class QueryTables {
  readonly #client: KnexClient
  readonly #found: TableName[] = []
  readonly #levels: Level[] = []

  constructor(client: KnexClient) {
    this.#client = client
  }

  of(builder: KnexBuilder): readonly TableName[] {
    builder.toSQL()
    return this.#found
  }

  /** The table that a builder writes or begins with, by its name in the database. */
  target(builder: KnexBuilder): readonly TableName[] {
    return named(builder._single ?? {}).map((name) => this.#parsed(name, builder))
  }

  /** Called for every compiler that Knex makes meanwhile. */
  watch(builder: KnexBuilder, compiler: KnexCompiler): KnexCompiler {
    const { toSQL, withWrapped } = compiler
    const level: Level = { builder, expressions: new Set() }
    compiler.toSQL = (...parameters) => {
      for (const name of this.#levels.at(-1)?.expressions ?? []) level.expressions.add(name)
      this.#levels.push(level)
      try {
        return toSQL.apply(compiler, parameters)
      } finally {
        this.#levels.pop()
        this.#report(level)
      }
    }
    // An expression is seen by those behind it, and by itself only where it is recursive.
    compiler.withWrapped = (statement) => {
      const { alias, recursive } = statement
      if (alias !== undefined && recursive) level.expressions.add(alias)
      const sql = withWrapped.call(compiler, statement)
      if (alias !== undefined) level.expressions.add(alias)
      return sql
    }
    return compiler
  }

  #report({ builder, expressions }: Level): void {
    // Written is always a table, though an expression may have its name.
    const written = WRITES.has(builder._method ?? '') ? named(builder._single ?? {}) : []
    for (const name of tablesOf(builder).flatMap(named)) {
      if (expressions.has(withoutAlias(name)) && !written.includes(name)) continue
      this.#found.push(this.#parsed(name, builder))
    }
  }

  /** As Knex reads `'schema.table as alias'`, with the `wrapIdentifier` of its config. */
  #parsed(written: string, builder: KnexBuilder): TableName {
    const [name = '', schema] = withoutAlias(written)
      .split('.')
      .map((part) => columnName(this.#client, part, builder))
      .reverse()
    return { schema, name }
  }
}

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'del'])

/** A name as it is in the database. */
export function columnName(client: KnexClient, written: string, builder: KnexBuilder): string {
  const wrapped = client.wrapIdentifier(written.trim(), builder.queryContext?.())
  return /^".*"$/s.test(wrapped) ? wrapped.slice(1, -1).replaceAll('""', '"') : wrapped
}

function tablesOf({ _single: single, _statements: statements = [] }: KnexBuilder): KnexStatement[] {
  const joins = statements.filter(({ grouping }) => grouping === 'join')
  if (!single) return joins
  const { table, schema, using, updateFrom } = single
  const target = schema === undefined ? { table } : { table, schema }
  return [target, { table: using }, { table: updateFrom }, ...joins]
}

function named({ table, schema }: KnexStatement): string[] {
  const names = namesIn(table)
  return schema === undefined ? names : names.map((name) => `${schema}.${name}`)
}

/** Subqueries and callbacks have compilers of their own; raw SQL is not looked into. */
function namesIn(table: unknown): string[] {
  if (typeof table === 'string') return [table]
  if (Array.isArray(table)) return table.flatMap(namesIn)
  if (typeof table !== 'object' || table === null) return []
  if ('isRawInstance' in table) return 'ref' in table ? refName(table) : []
  if ('_statements' in table) return []
  return Object.values(table).flatMap(namesIn)
}

function refName({ ref, _schema }: { ref?: unknown; _schema?: unknown }): string[] {
  if (typeof ref !== 'string') return []
  return [typeof _schema === 'string' ? `${_schema}.${ref}` : ref]
}

function withoutAlias(name: string): string {
  return name.split(/\s+as\s+/i)[0] ?? name
}
