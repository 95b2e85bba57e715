import { qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'

interface Table extends TableName {
  readonly column: string
  /** The query that shows the rows without a tenant. */
  readonly rows: string
  /** Triggers of the table that each filled row fires, or that were off; absent: there are none. */
  readonly firedTriggers?: readonly string[]
  readonly skippedTriggers?: readonly string[]
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
  const triggers = filled > 0 ? triggersText(table) : ''
  const done = `${qualifiedName(table)}  ${c.dim(`${plural(filled, 'row')} filled${triggers}`)}\n`
  if (left === 0) return `${c.green('✔')} ${done}`
  const parent = `${plural(left, 'row')} left without a tenant: the parent is missing, or has none itself.`
  return `${c.red('✖')} ${done}  ${parent}\n  ${c.dim('see')} ${rows};\n`
}

function triggersText({ firedTriggers, skippedTriggers }: Table): string {
  if (skippedTriggers) return `, without the triggers ${skippedTriggers.join(', ')}`
  return firedTriggers ? `, each fired ${firedTriggers.join(', ')}` : ''
}

/** SQL that can be read and run; the rest is in comments. */
export function renderFillable({ empty, fillable, sql, ...table }: FillableTable): string {
  const { firedTriggers, skippedTriggers } = table
  const skipped = skippedTriggers ? `-- Without the triggers ${skippedTriggers.join(', ')}.\n` : ''
  const fired = firedTriggers
    ? `-- Fires ${firedTriggers.join(', ')} for each row; with --skip-triggers it does not.\n`
    : ''
  return `-- ${qualifiedName(table)}: ${plural(empty, 'row')} without a tenant, ${fillable} to be filled now.
${fired}${skipped}-- $1: rows in a batch; $2: the key of the last row of the batch before, absent in the first.
${sql.batch};
`
}
