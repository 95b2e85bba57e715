import { qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'

interface Table extends TableName {
  readonly column: string
  /** The query that shows the rows without a tenant. */
  readonly rows: string
}

export interface FilledTable extends Table {
  readonly filled: number
  readonly left: number
}

export interface FillableTable extends Table {
  readonly empty: number
  readonly fillable: number
  readonly sql: { readonly count: string; readonly batch: string }
}

export function renderFilled(table: FilledTable, color: boolean): string {
  const c = paint(color)
  const { filled, left, rows } = table
  const done = `${qualifiedName(table)}  ${c.dim(`${plural(filled, 'row')} filled`)}\n`
  if (left === 0) return `${c.green('✔')} ${done}`
  const parent = `${plural(left, 'row')} left without a tenant: the parent is missing, or has none itself.`
  return `${c.red('✖')} ${done}  ${parent}\n  ${c.dim('see')} ${rows};\n`
}

/** SQL that can be read and run; the rest is in comments. */
export function renderFillable({ empty, fillable, sql, ...table }: FillableTable): string {
  return `-- ${qualifiedName(table)}: ${plural(empty, 'row')} without a tenant, ${fillable} to be filled now.
-- $1: rows in a batch; $2: the key of the last row of the batch before, absent in the first.
${sql.batch};
`
}
