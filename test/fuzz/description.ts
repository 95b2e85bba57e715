import fc from 'fast-check'

/** A statement as plain data: what fast-check makes, prints and shrinks. */
export type Statement =
  | { readonly kind: 'select'; readonly select: Select }
  | (Target & { readonly kind: 'insert'; readonly from: Insertion; readonly conflict: Conflict })
  | (Target & Filtered & { readonly kind: 'update'; readonly toRef: boolean })
  | (Target & Filtered & { readonly kind: 'delete' })
  | (Target & Merge & { readonly kind: 'merge' })

export const READABLE = ['projects', 'tasks', 'templates', 'countries', 'open_tasks'] as const
export const WRITABLE = ['projects', 'tasks'] as const

export interface Target {
  readonly table: (typeof WRITABLE)[number]
  readonly hasAlias: boolean
  /** Names are qualified by `withSchema`. */
  readonly inSchema: boolean
  readonly with: readonly With[]
}

export interface Filtered {
  readonly from: readonly Source[]
  readonly joins: readonly Join[]
  readonly where: readonly Condition[]
}

export interface Merge {
  readonly using: Source
  readonly on: readonly Condition[]
  readonly matched: 'update' | 'delete' | 'nothing'
  readonly notMatched: 'insert' | 'nothing'
}

export type Insertion = { readonly rows: readonly Row[] } | { readonly query: Select }
export type Conflict = 'error' | 'nothing' | 'update' | 'update where'

export interface Row {
  readonly id: number
  readonly ref: number | null
  readonly title: string
}

export interface Select extends Filtered {
  readonly with: readonly With[]
  readonly inSchema: boolean
  readonly shape: 'rows' | 'distinct' | 'first' | 'groups' | 'window' | 'scalar'
  readonly set: { readonly operator: SetOperator; readonly query: Select } | null
}
/** One that is named like a table hides it. */
export interface With {
  readonly name: 'w' | 'projects'
  readonly query: Select
}
export type SetOperator = 'union' | 'unionAll' | 'intersect' | 'except'

export type Source =
  | {
      readonly kind: 'table'
      readonly table: (typeof READABLE)[number]
      readonly isQualified: boolean
      readonly hasAlias: boolean
    }
  | { readonly kind: 'query'; readonly query: Select }
  /** The common table expression that is in sight; a table where there is none. */
  | { readonly kind: 'with' }

export interface Join {
  readonly kind: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'lateral' | 'left lateral'
  readonly source: Source
  readonly on: readonly Condition[]
}

/** A column of one of the sources in sight: `source` counts from the innermost one. */
export interface Column {
  readonly source: number
  readonly column: 'id' | 'ref'
}

export type Condition =
  | {
      readonly kind: 'compare'
      readonly column: Column
      readonly operator: '=' | '<' | '>=' | 'is distinct from'
      readonly value: number | Column
    }
  | { readonly kind: 'raw or'; readonly column: Column; readonly value: number }
  | { readonly kind: 'or' | 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'in' | 'not in'
      readonly column: Column
      readonly query: Select
    }
  | { readonly kind: 'exists'; readonly query: Select }

const id = fc.integer({ min: 1, max: 6 })
// Seldom: its transformation takes most of the time.
const inSchema = fc.constantFrom(false, false, false, true)
const column: fc.Arbitrary<Column> = fc.record({
  source: fc.nat(2),
  column: fc.constantFrom('id', 'ref'),
})

const { select, source, condition, conditions, joins, commons } = fc.letrec<{
  select: Select
  commons: With[]
  source: Source
  condition: Condition
  conditions: Condition[]
  joins: Join[]
  join: Join
}>((tie) => ({
  select: fc.record({
    with: tie('commons'),
    inSchema,
    from: fc.array(tie('source'), { minLength: 1, maxLength: 2, size: 'xsmall' }),
    joins: tie('joins'),
    where: tie('conditions'),
    shape: fc.constantFrom('rows', 'rows', 'distinct', 'first', 'groups', 'window', 'scalar'),
    set: fc.option(
      fc.record({
        operator: fc.constantFrom('union', 'unionAll', 'intersect', 'except'),
        query: tie('select'),
      }),
      { freq: 5, maxDepth: 1, depthIdentifier: 'select' },
    ),
  }),
  source: fc.oneof(
    { maxDepth: 1, depthIdentifier: 'select', withCrossShrink: true },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('table'),
        table: fc.constantFrom(...READABLE),
        isQualified: fc.boolean(),
        hasAlias: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('with') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('query'), query: tie('select') }) },
  ),
  condition: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'select', withCrossShrink: true },
    // Alone where it is deep.
    {
      weight: 6,
      arbitrary: fc.oneof(
        fc.record({
          kind: fc.constant('compare'),
          column,
          operator: fc.constantFrom('=', '<', '>=', 'is distinct from'),
          value: fc.oneof(id, column),
        }),
        fc.record({ kind: fc.constant('raw or'), column, value: id }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('or', 'and'),
        parts: fc.array(tie('condition'), {
          minLength: 1,
          maxLength: 2,
          depthIdentifier: 'select',
        }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not'), part: tie('condition') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('in', 'not in'),
        column,
        query: tie('select'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('exists'), query: tie('select') }) },
  ),
  commons: few(fc.record({ name: fc.constantFrom('w', 'w', 'projects'), query: tie('select') }), 1),
  conditions: few(tie('condition'), 2),
  joins: few(tie('join'), 2),
  join: fc.record({
    kind: fc.constantFrom('inner', 'left', 'right', 'full', 'cross', 'lateral', 'left lateral'),
    source: tie('source'),
    on: fc.array(tie('condition'), { minLength: 1, maxLength: 1 }),
  }),
}))

function few<T>(each: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> {
  return fc.array(each, { maxLength, depthIdentifier: 'select', size: 'xsmall' })
}

const target = {
  table: fc.constantFrom(...WRITABLE),
  hasAlias: fc.boolean(),
  inSchema,
  with: commons,
}
const row = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  ref: fc.option(id),
  title: fc.constantFrom('x', 'y'),
})
const filtered = {
  from: fc.array(source, { maxLength: 1 }),
  joins,
  where: conditions,
}

/** Every kind of statement that is tried; `merge` is part of PostgreSQL from 15 on. */
export function statements(hasMerge: boolean): fc.Arbitrary<Statement> {
  const writes: fc.Arbitrary<Statement>[] = [
    fc.record({
      kind: fc.constant('insert'),
      ...target,
      from: fc.oneof(
        fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 2 }) }),
        fc.record({ query: select }),
      ),
      conflict: fc.constantFrom('error', 'nothing', 'update', 'update where'),
    }),
    fc.record({ kind: fc.constant('update'), ...target, ...filtered, toRef: fc.boolean() }),
    fc.record({ kind: fc.constant('delete'), ...target, ...filtered }),
  ]
  if (hasMerge) {
    writes.push(
      fc.record({
        kind: fc.constant('merge'),
        ...target,
        using: source,
        on: fc.array(condition, { maxLength: 1 }),
        matched: fc.constantFrom('update', 'delete', 'nothing'),
        notMatched: fc.constantFrom('insert', 'nothing'),
      }),
    )
  }
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('select'), select }) },
    ...writes.map((arbitrary) => ({ weight: 1, arbitrary })),
  )
}
