import {
  type AliasedExpression,
  type Expression,
  expressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import type { Column, Condition, Filtered, Join, Select, Source, Target } from './description.ts'

// biome-ignore lint/suspicious/noExplicitAny: every name is made up, and each source has the same columns.
export type Any = any
export type Db = Kysely<Any>
export type Query = SelectQueryBuilder<Any, Any, Any>

/** The names that a part of a statement may use. */
export interface Sight {
  readonly db: Db
  /** The schema of the tables, for names that are written in full. */
  readonly schema: string
  /** Of the sources, the innermost first. */
  readonly names: readonly string[]
  readonly common: string | undefined
  /** Shared by all parts of a statement, so that no name comes twice. */
  readonly counter: { next: number }
}

export const COLUMNS = ['id', 'ref', 'title'] as const

export function select(outer: Sight, described: Select): Query {
  const { root, sight } = withCommons(outer, described)
  const used: string[] = []
  const froms = described.from.map((source) => sourceOf(sight, source, used))
  const [first = { source: 'projects', name: 'projects' }] = froms
  const start = root.selectFrom(froms.map(({ source }) => source))
  // The condition of a join sees the last source of the list alone.
  const inner = inSight(
    sight,
    froms.slice(-1).map(({ name }) => name),
  )
  const all = froms.slice(0, -1).map(({ name }) => name)
  const query = filtered(inner, start, described, all, used)
  const shaped = shape(query, first.name, described.shape, sight)
  const { set } = described
  if (!set) return shaped
  const other = expressionBuilder<Any, Any>().parens(select(outer, set.query))
  return (shaped as Any)[set.operator](other)
}

function shape(query: Query, name: string, kind: Select['shape'], sight: Sight): Query {
  const columns = COLUMNS.map((column) => `${name}.${column}`)
  const ref = sql.ref(`${name}.ref`)
  switch (kind) {
    case 'rows':
      return query.select(columns)
    case 'distinct':
      return query.select(columns).distinct()
    case 'first':
      return sight.db
        .selectFrom(
          query.select(columns).orderBy('id').orderBy('ref').orderBy('title').limit(3).as('f'),
        )
        .select(COLUMNS)
    case 'groups':
      return query
        .select([
          sql<number>`count(*)::int`.as('id'),
          ref.as('ref'),
          sql<string>`max(${sql.ref(`${name}.title`)})`.as('title'),
        ])
        .groupBy(`${name}.ref`)
        .having(sql<number>`count(*)`, '>', 1)
    case 'window':
      return query.select([
        sql<number>`(count(*) over (partition by ${ref}))::int`.as('id'),
        `${name}.ref`,
        `${name}.title`,
      ])
    case 'scalar': {
      const counted = sight.db.selectFrom('tasks as c').whereRef('c.id', '=', `${name}.id`)
      return query.select([
        counted.select(sql<number>`count(*)::int`.as('n')).as('id'),
        `${name}.ref`,
        `${name}.title`,
      ])
    }
  }
}

export function filtered(
  start: Sight,
  query: Any,
  { joins, where }: Filtered,
  others: readonly string[] = [],
  used: string[] = [],
): Any {
  let sight = start
  let joined = query
  for (const join of joins) {
    const { source, name } = sourceOf(sight, join.source, used, isLateral(join))
    sight = inSight(sight, [name])
    joined = addJoin(sight, joined, join, source)
  }
  sight = inSight(sight, others)
  return where.reduce((each, condition) => each.where(conditionOf(sight, condition)), joined)
}

function addJoin(sight: Sight, query: Any, { kind, on: conditions }: Join, source: Any): Any {
  const callback = (join: Any) => on(sight, join, conditions)
  switch (kind) {
    case 'inner':
      return query.innerJoin(source, callback)
    case 'left':
      return query.leftJoin(source, callback)
    case 'right':
      return query.rightJoin(source, callback)
    case 'full': {
      // PostgreSQL wants a condition that it can hash.
      const [name = '', other = ''] = sight.names
      return query.fullJoin(source, `${name}.id`, `${other}.id`)
    }
    case 'cross':
      return query.crossJoin?.(source) ?? query.innerJoin(source, (join: Any) => join.onTrue())
    case 'lateral': {
      const isQuery = typeof source !== 'string' && 'innerJoinLateral' in query
      return query[isQuery ? 'innerJoinLateral' : 'innerJoin'](source, callback)
    }
    case 'left lateral': {
      const isQuery = typeof source !== 'string' && 'leftJoinLateral' in query
      return query[isQuery ? 'leftJoinLateral' : 'leftJoin'](source, callback)
    }
  }
}

export function on(sight: Sight, join: Any, conditions: readonly Condition[]): Any {
  return conditions.reduce((each, condition) => each.on(conditionOf(sight, condition)), join)
}

function conditionOf(sight: Sight, condition: Condition): Expression<SqlBool> {
  const eb = expressionBuilder<Any, Any>()
  switch (condition.kind) {
    case 'compare': {
      const { value, operator } = condition
      const right = typeof value === 'number' ? eb.val(value) : eb.ref(columnOf(sight, value))
      return eb(columnOf(sight, condition.column), operator, right)
    }
    case 'raw or': {
      const column = sql.ref(columnOf(sight, condition.column))
      return sql<SqlBool>`${column} = ${condition.value} or ${column} is not null`
    }
    case 'and':
      return eb.and(condition.parts.map((part) => conditionOf(sight, part)))
    case 'or':
      return eb.or(condition.parts.map((part) => conditionOf(sight, part)))
    case 'not':
      return eb.not(eb.parens(conditionOf(sight, condition.part)))
    case 'in':
    case 'not in': {
      const query = sight.db.selectFrom(select(sight, condition.query).as(nextName(sight)))
      return eb(columnOf(sight, condition.column), condition.kind, query.select('ref'))
    }
    case 'exists':
      return eb.exists(select(sight, condition.query))
  }
}

function columnOf({ names }: Sight, { source, column }: Column): string {
  return `${names[source % names.length]}.${column}`
}

interface Named {
  readonly source: string | AliasedExpression<Any, Any>
  readonly name: string
}

/** @param used the names of tables that stand without an alias in the same list */
export function sourceOf(
  sight: Sight,
  source: Source,
  used: string[] = [],
  isLateral = false,
): Named {
  if (source.kind === 'query') {
    const name = nextName(sight)
    const inside = isLateral ? sight : { ...sight, names: [] }
    return { source: select(inside, source.query).as(name), name }
  }
  if (source.kind === 'with') {
    const name = nextName(sight)
    return { source: `${sight.common ?? 'tasks'} as ${name}`, name }
  }
  const table = source.isQualified ? `${sight.schema}.${source.table}` : source.table
  if (source.hasAlias || source.isQualified || used.includes(table)) {
    const name = nextName(sight)
    return { source: `${table} as ${name}`, name }
  }
  used.push(table)
  return { source: table, name: table }
}

function isLateral({ kind }: Join): boolean {
  return kind === 'lateral' || kind === 'left lateral'
}

function nextName({ counter }: Sight): string {
  return `s${counter.next++}`
}

export function inSight(sight: Sight, names: readonly string[]): Sight {
  return { ...sight, names: [...names, ...sight.names] }
}

export function withCommons(
  outer: Sight,
  { with: commons, inSchema }: Pick<Target, 'with' | 'inSchema'>,
): { readonly root: Any; readonly sight: Sight } {
  const db = inSchema ? outer.db.withSchema(outer.schema) : outer.db
  const sight = { ...outer, db }
  const [common] = commons
  if (!common) return { root: db, sight }
  const query = select({ ...sight, names: [] }, common.query)
  return { root: db.with(common.name, () => query), sight: { ...sight, common: common.name } }
}
