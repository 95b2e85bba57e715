import type { ChalkInstance } from 'chalk'
import type { Status, TableStatus } from '../../migration/table-status.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { alignColumns } from './columns.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'

const HEADER = ['table', 'column', 'type', 'policies', 'enabled', 'forced', 'drift']

/** A line for each table of the config, then the tables that it does not mention. */
export function renderStatus(status: Status, color: boolean): string {
  const c = paint(color)
  const [header = [], ...rows] = alignColumns([HEADER, ...status.tables.map(cells)])
  const table = [c.dim(header.join('  ')), ...rows.map((row) => paintRow(row, c))]
  return `${[table.join('\n'), ...views(status, c), ...blockers(status, c), ...unlisted(status, c), summary(status, c)].join('\n\n')}\n`
}

function cells(table: TableStatus): string[] {
  const { wanted, present } = table.policies
  return [
    qualifiedName(table),
    table.column,
    table.type ?? 'missing',
    `${present}/${wanted}`,
    table.rlsEnabled ? 'yes' : 'no',
    table.rlsForced ? 'yes' : 'no',
    drift(table),
  ]
}

function drift({ drift, blockers }: TableStatus): string {
  if (blockers.length > 0) return 'blocked'
  return drift.length === 0 ? 'none' : plural(drift.length, 'step')
}

function paintRow(row: readonly string[], c: ChalkInstance): string {
  const drift = row.at(-1) ?? ''
  return [...row.slice(0, -1), drift === 'none' ? c.green(drift) : c.yellow(drift)].join('  ')
}

function views({ views }: Status, c: ChalkInstance): string[] {
  if (views.length === 0) return []
  const lines = views.map(
    (view) => `  ${c.yellow('✖')} ${qualifiedName(view)}  ${plural(view.drift.length, 'step')}`,
  )
  return [[c.bold('Views'), ...lines].join('\n')]
}

function blockers({ tables }: Status, c: ChalkInstance): string[] {
  const all = tables.flatMap((table) => table.blockers)
  if (all.length === 0) return []
  return [
    [
      c.bold('In the way of a migration'),
      ...all.map((blocker) => `  ${c.red('✖')} ${blocker}`),
      `  ${c.dim('next')} Resolve these yourself: \`kysely-tenants migrate:rls\` writes nothing before.`,
    ].join('\n'),
  ]
}

function unlisted({ unlisted }: Status, c: ChalkInstance): string[] {
  if (unlisted.length === 0) return []
  return [
    [
      c.bold('Not in the config, but with a tenant column'),
      ...unlisted.map((table) => `  ${c.yellow('?')} ${qualifiedName(table)}  ${table.column}`),
      `  ${c.dim('next')} List them under \`tables\`, or under \`global\` if they hold no tenant data.`,
    ].join('\n'),
  ]
}

function summary({ tables, views, unlisted }: Status, c: ChalkInstance): string {
  const steps = [...tables, ...views].flatMap(({ drift }) => drift).length
  const blocked = tables.filter(({ blockers }) => blockers.length > 0).length
  const work = [
    ...(steps > 0 ? [`${plural(steps, 'step')} for \`kysely-tenants migrate:rls\``] : []),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
    ...(unlisted.length > 0 ? [`${unlisted.length} not in the config`] : []),
  ]
  const scope = plural(tables.length, 'table')
  return work.length === 0
    ? `${c.green('✔')} ${scope}: all in place.`
    : `${c.yellow('✖')} ${scope}: ${work.join('; ')}.`
}
