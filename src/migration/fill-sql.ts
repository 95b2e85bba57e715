import { literal } from '../sql/literal.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { Fill } from './fill.ts'

/** The row that a batch returns. */
export interface BatchResult {
  /** Rows without a tenant that were looked at; fewer than asked for: the end of the table. */
  readonly seen: number
  readonly filled: number
  /** Of the last row; null when none was seen. */
  readonly key: readonly string[] | null
}

export interface BatchForm {
  /** Begins behind the key in `$2`. */
  readonly isNext: boolean
  /** Waits for locked rows instead of passing over them. */
  readonly waits: boolean
}

/**
 * One batch: the next `$1` rows without a tenant, in the order of the key, and those of them that get
 * one. Rows whose parent is missing are seen and passed over. The key travels as text, which every
 * type reads back as it was.
 */
export function batchSql(fill: Fill, { isNext, waits }: BatchForm): string {
  const { table, source } = fill
  const tenant = identifier(table.column)
  const keys = keyColumns(fill)
  const columns = [
    'child.ctid as place',
    ...keys.map(({ expression }, n) => `${expression} as key_${n + 1}`),
    ...('tenant' in source
      ? []
      : source.on.map(([own], n) => `child.${identifier(own)} as own_${n + 1}`)),
  ]
  const bound = keys.map(({ type }, n) => `($2::text[])[${n + 1}]::${type}`)
  const expressions = keys.map(({ expression }) => expression).join(', ')
  const last = keys.map((_, n) => `key_${n + 1}`)
  return `with batch as (
  select ${columns.join(', ')}
  from only ${qualifiedName(table)} as child
  where child.${tenant} is null${isNext ? `\n    and (${expressions}) > (${bound.join(', ')})` : ''}${
    // The rows of a range of places come in its order.
    fill.key === 'place' ? '' : `\n  order by ${expressions}`
  }
  limit $1
  for no key update of child${waits ? '' : ' skip locked'}
), filled as (
  ${updateSql(fill)}
  returning 1
)
select
  (select count(*)::int from batch) as "seen",
  (select count(*)::int from filled) as "filled",
  (
    select array[${last.map((column) => `${column}::text`).join(', ')}]
    from batch
    order by ${last.map((column) => `${column} desc`).join(', ')}
    limit 1
  ) as "key"`
}

/** How many rows have no tenant, and how many of those could get one. */
export function countSql({ table, source, parentRows }: Fill): string {
  const isEmpty = `child.${identifier(table.column)} is null`
  const from = `from only ${qualifiedName(table)} as child`
  if ('tenant' in source) {
    return `select count(*)::float8 as "empty", count(*)::float8 as "fillable"\n${from}\nwhere ${isEmpty}`
  }
  const theirs = `parent.${identifier(source.column)}`
  const pairs = source.on.map(
    ([own, other]) => `parent.${identifier(other)} = child.${identifier(own)}`,
  )
  return `select count(*)::float8 as "empty", count(${theirs})::float8 as "fillable"
${from}
left join ${parentRows} as parent
  on ${pairs.join(' and ')}
where ${isEmpty}`
}

/** For the user: the rows that have no tenant. */
export function unfilledQuery({ table }: Pick<Fill, 'table'>): string {
  return `select * from only ${qualifiedName(table)} where ${identifier(table.column)} is null`
}

function updateSql({ table, source, parentRows }: Fill): string {
  const update = `update only ${qualifiedName(table)} as filled
  set ${identifier(table.column)} = `
  if ('tenant' in source) {
    return `${update}${literal(source.tenant)}
  from batch
  where filled.ctid = batch.place`
  }
  const theirs = `parent.${identifier(source.column)}`
  const pairs = source.on.map(([, other], n) => `parent.${identifier(other)} = batch.own_${n + 1}`)
  return `${update}${theirs}
  from batch
  join ${parentRows} as parent
    on ${pairs.join(' and ')}
  where filled.ctid = batch.place and ${theirs} is not null`
}

function keyColumns({ key }: Fill): { expression: string; type: string }[] {
  if (key === 'place') return [{ expression: 'child.ctid', type: 'tid' }]
  return key.map(({ name, type }) => ({ expression: `child.${identifier(name)}`, type }))
}
