import { type Compilable, sql } from 'kysely'
import type { Row, Select, Statement } from './description.ts'
import {
  type Any,
  COLUMNS,
  type Db,
  filtered,
  inSight,
  on,
  type Query,
  type Sight,
  select,
  sourceOf,
  withCommons,
} from './select.ts'

/** Builds a statement on the tables of `schema`. */
export function build(db: Db, schema: string, statement: Statement): Compilable {
  const sight: Sight = { db, schema, names: [], common: undefined, counter: { next: 0 } }
  return statement.kind === 'select' ? select(sight, statement.select) : write(sight, statement)
}

type Write = Exclude<Statement, { kind: 'select' }>
type Of<Kind> = Extract<Write, { kind: Kind }>

function write(outer: Sight, statement: Write): Compilable {
  const { root, sight } = withCommons(outer, statement)
  const name = statement.hasAlias ? 't' : statement.table
  const target = statement.hasAlias ? `${statement.table} as t` : statement.table
  const seen = inSight(sight, [name])
  const returning = COLUMNS.map((column) => `${name}.${column}`)
  switch (statement.kind) {
    case 'insert':
      return insert(root, sight, statement).returning(COLUMNS)
    case 'update': {
      const set = statement.toRef ? { ref: sql.ref(`${name}.id`) } : { title: 'new', ref: 3 }
      return fromMore(seen, root.updateTable(target).set(set), 'from', statement).returning(
        returning,
      )
    }
    case 'delete':
      return fromMore(seen, root.deleteFrom(target), 'using', statement).returning(returning)
    case 'merge':
      return merge(seen, root.mergeInto(target), statement)
  }
}

function fromMore(
  sight: Sight,
  start: Any,
  clause: string,
  statement: Of<'update' | 'delete'>,
): Any {
  const [from] = statement.from
  if (!from) return filtered(sight, start, { ...statement, joins: [] })
  const used = [statement.table]
  const { source, name } = sourceOf({ ...sight, names: [] }, from, used)
  return filtered(inSight(sight, [name]), start[clause](source), statement, [], used)
}

function merge(sight: Sight, start: Any, statement: Of<'merge'>): Any {
  const { source, name } = sourceOf(sight, statement.using)
  const both = inSight(sight, [name])
  const [target = ''] = sight.names
  const condition = (join: Any) =>
    on(both, join.onRef(`${target}.id`, '=', `${name}.id`), statement.on)
  const matched = start.using(source, condition).whenMatched()
  const then = {
    update: () => matched.thenUpdateSet({ title: 'merged' }),
    delete: () => matched.thenDelete(),
    nothing: () => matched.thenDoNothing(),
  }
  const notMatched = then[statement.matched]().whenNotMatched()
  if (statement.notMatched === 'nothing') return notMatched.thenDoNothing()
  const [id, ref] = [sql.ref(`${name}.id`), sql.ref(`${name}.ref`)]
  return notMatched.thenInsertValues({ id, ref, title: 'merged' })
}

function insert(root: Any, sight: Sight, statement: Extract<Statement, { kind: 'insert' }>): Any {
  const into = root.insertInto(statement.table)
  const { from, conflict } = statement
  const filled =
    'rows' in from
      ? into.values(from.rows as Row[])
      : into.columns(COLUMNS).expression(onePerId(sight, from.query))
  if (conflict === 'error') return filled
  return filled.onConflict((each: Any) => {
    if (conflict === 'nothing') return each.doNothing()
    const update = each
      .columns([statement.table === 'tasks' ? 'org_id' : 'tenant_id', 'id'])
      .doUpdateSet({ title: sql`excluded.title || '!'` })
    return conflict === 'update' ? update : update.where(`${statement.table}.ref`, '<', 4)
  })
}

/** Otherwise the plan decides which of two rows with the same id is inserted first. */
function onePerId(sight: Sight, query: Select): Query {
  return sight.db
    .selectFrom(select(sight, query).as('q'))
    .select(['q.id', sql<number>`min(q.ref)`.as('ref'), sql<string>`max(q.title)`.as('title')])
    .groupBy('q.id')
}
