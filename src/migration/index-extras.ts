import type { IndexState } from '../catalog/index-state.ts'
import { literal } from '../sql/literal.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import type { Step } from './step.ts'

interface Heir {
  readonly table: TableName
  readonly name: string
  /** The constraint that owns it. */
  readonly constraint?: string | undefined
  /** The number of keys in front of those of the old index. */
  readonly shift?: number
}

type Extra = Pick<Step, 'up' | 'lock'>

/**
 * The statements that give an index what another one has beside its definition: comments, statistics
 * targets, and its place in `cluster`.
 */
export function indexExtras(index: IndexState, heir: Heir): string[] {
  return extrasFor(index, heir).map(({ up }) => up)
}

/** The same as steps; they go with the index. */
export function planIndexExtras(index: IndexState, heir: Heir): Step[] {
  const { schema, name } = heir.table
  return extrasFor(index, heir).map((extra) => ({
    table: { schema, name },
    why: 'The old key had it, beside its definition.',
    ...extra,
    down: [],
  }))
}

function extrasFor({ extras }: IndexState, { table, name, constraint, shift = 0 }: Heir): Extra[] {
  const index = qualifiedName({ schema: table.schema, name })
  const on = qualifiedName(table)
  const { comment, constraintComment, isClustered, statistics } = extras
  return [
    ...(comment === null
      ? []
      : [{ up: `comment on index ${index} is ${literal(comment)}`, lock: 'none' as const }]),
    ...(constraintComment === null || constraint === undefined
      ? []
      : [commentOnConstraint(table, constraint, constraintComment)]),
    ...statistics.flatMap((target, n) =>
      target < 0
        ? []
        : [
            {
              up: `alter index ${index} alter column ${n + 1 + shift} set statistics ${target}`,
              lock: 'none' as const,
            },
          ],
    ),
    ...(isClustered
      ? [
          {
            up: `alter table ${on} cluster on ${identifier(name)}`,
            lock: 'share update exclusive' as const,
          },
        ]
      : []),
  ]
}

export function commentOnConstraint(table: TableName, name: string, comment: string): Extra {
  return {
    up: `comment on constraint ${identifier(name)} on ${qualifiedName(table)} is ${literal(comment)}`,
    lock: 'access share',
  }
}

/** The constraint with the storage parameters and the tablespace of its index, which PostgreSQL leaves out. */
export function constraintText(
  { constraintDefinition, extras: { options, tablespace } }: IndexState,
  definition: string = constraintDefinition ?? '',
): string {
  const [deferrable = ''] = DEFERRABLE.exec(definition) ?? []
  return [
    definition.slice(0, definition.length - deferrable.length),
    options.length > 0 ? ` with (${options.join(', ')})` : '',
    tablespace === null ? '' : ` using index tablespace ${identifier(tablespace)}`,
    deferrable,
  ].join('')
}

export const DEFERRABLE: RegExp = / DEFERRABLE(?: INITIALLY DEFERRED)?$/

/** The text behind the table in `create index`, in the tablespace of `index`. */
export function inTablespace(
  body: string,
  { predicate, extras: { tablespace } }: IndexState,
): string {
  if (tablespace === null) return body
  const where = predicate === null ? '' : ` WHERE ${predicate}`
  const end = body.length - where.length
  return `${body.slice(0, end)} tablespace ${identifier(tablespace)}${body.slice(end)}`
}
