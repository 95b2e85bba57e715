import type { ColumnState } from '../catalog/relation-state.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { literal } from '../sql/literal.ts'
import type { Words } from './condition-text.ts'
import type { Tenant } from './sample-tenants.ts'

/** A row of the columns that the conditions look at. */
export interface Row {
  /** Of every column, in order, ready for SQL. */
  readonly values: readonly string[]
  readonly label: string
  /** The other columns in words; empty when there are none. */
  readonly others: string
}

export interface Rows {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** The columns of which only some values are tried. */
  readonly open: readonly string[]
  /** The columns of which no possible value is tried: they cannot be NULL. */
  readonly untried: readonly string[]
}

interface Value {
  readonly sql: string
  readonly label: string
}

const MOST_ROWS = 40

/**
 * A row of every tenant with every value of the other columns: both values of a boolean; else NULL, the
 * literals of the conditions and their neighbours.
 */
export function sampleRows(
  table: Pick<TenantTable, 'column' | 'type'>,
  columns: readonly ColumnState[],
  { tenants, words }: { tenants: readonly Tenant[]; words: Words },
): Rows {
  const others = columns.filter(({ name }) => name !== table.column)
  const tenantColumn = columns.find(({ name }) => name === table.column)
  const owners = tenants.filter(({ id }) => id !== null || !tenantColumn?.notNull)
  const sampled = combinations(others.map((column) => valuesOf(column, words)))
  // Where there are too many, NULL alone is tried: it finds the conditions that forget it.
  const fits = sampled.length * owners.length <= MOST_ROWS
  const rest = fits ? sampled : [others.map(nullOf)]
  return {
    columns: [table.column, ...others.map(({ name }) => name)],
    rows: rest.flatMap((values) =>
      owners.map(({ id, label }) => ({
        values: [typed(id, table.type), ...values.map(({ sql }) => sql)],
        label: `a row of ${label}`,
        others: values.map((value, i) => `${others[i]?.name} = ${value.label}`).join(', '),
      })),
    ),
    untried: others
      .filter(
        (column) =>
          column.notNull && (!fits || !(column.baseType in SAMPLES) || isUnnamed(column, words)),
      )
      .map(({ name }) => name),
    open: others.filter(({ baseType }) => baseType !== 'bool' || !fits).map(({ name }) => name),
  }
}

function isUnnamed({ baseType }: ColumnState, words: Words): boolean {
  return SAMPLES[baseType]?.(words).length === 0
}

function valuesOf(column: ColumnState, words: Words): Value[] {
  const samples = (SAMPLES[column.baseType] ?? (() => []))(words)
  const values = [...new Set(samples)].map((value) => ({
    sql: typed(value, typeOf(column)),
    label: isQuoted(column) ? literal(value) : value,
  }))
  return column.notNull && values.length > 0 ? values : [...values, nullOf(column)]
}

const neighbours = ({ numbers }: Words): string[] =>
  numbers.flatMap((text) => [-1n, 0n, 1n].map((step) => String(BigInt(text) + step)))
const strings = ({ strings }: Words): readonly string[] => strings

const SAMPLES: Readonly<Record<string, (words: Words) => readonly string[]>> = {
  bool: () => ['true', 'false'],
  int4: neighbours,
  int8: neighbours,
  numeric: neighbours,
  text: strings,
  varchar: strings,
}

function isQuoted({ baseType }: ColumnState): boolean {
  return SAMPLES[baseType] === strings
}

function nullOf(column: ColumnState): Value {
  return { sql: typed(null, typeOf(column)), label: 'null' }
}

// A domain could refuse a value, and a type with a length could cut it off.
function typeOf({ type, baseType, isDomain }: ColumnState): string {
  return isDomain || baseType in SAMPLES ? `pg_catalog.${baseType}` : type
}

function typed(value: string | null, type: string): string {
  return `${value === null ? 'null' : literal(value)}::${type}`
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  )
}
