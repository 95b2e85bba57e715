import type { ChalkInstance } from 'chalk'
import type { Status, TableStatus } from '../../migration/table-status.ts'
import { qualifiedName } from '../../sql/quote.ts'
import type { Screen } from '../io.ts'
import { BLIND_ADVICE, blindLines } from './blind-code.ts'
import { alignColumns } from './columns.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'
import { wrap } from './wrap.ts'

const MOST = 10

const HEADER = ['table', 'column', 'type', 'policies', 'enabled', 'forced', 'drift']

/** A line for each table of the config, then the tables that the config does not mention. */
export function renderStatus(status: Status, { color, columns }: Screen): string {
  const c = paint(color)
  const table = alignColumns(
    status.tables.map((state) => cells(state, c)),
    { header: HEADER.map((name) => c.dim(name)), columns },
  )
  const blocks = [
    table,
    ...views(status, c),
    ...lookups(status, c),
    ...blockers(status, c),
    ...unlisted(status, c),
    ...privileges(status, c),
    ...blind(status, c),
    [summary(status, c)],
  ]
  const lines = blocks.map((block) => block.flatMap((line) => wrapLine(line, columns)).join('\n'))
  return `${lines.join('\n\n')}\n`
}

function wrapLine(line: string, columns: number | undefined): string[] {
  return wrap(line.split(' '), { columns, indent: 4 })
}

function cells(table: TableStatus, c: ChalkInstance): string[] {
  const { wanted, present } = table.policies
  return [
    qualifiedName(table),
    table.column,
    table.type ?? 'missing',
    `${present}/${wanted}`,
    table.rlsEnabled ? 'yes' : 'no',
    table.rlsForced ? 'yes' : 'no',
    drift(table, c),
  ]
}

function drift({ drift, blockers }: TableStatus, c: ChalkInstance): string {
  if (blockers.length > 0) return c.yellow('blocked')
  return drift.length === 0 ? c.green('none') : c.yellow(plural(drift.length, 'step'))
}

function views({ views }: Status, c: ChalkInstance): string[][] {
  if (views.length === 0) return []
  const lines = views.map(
    (view) => `  ${c.yellow('✖')} ${qualifiedName(view)}  ${plural(view.drift.length, 'step')}`,
  )
  return [[c.bold('Views'), ...lines]]
}

function lookups({ lookups = [] }: Status, c: ChalkInstance): string[][] {
  if (lookups.length === 0) return []
  const lines = lookups.map(
    (lookup) =>
      `  ${c.yellow('✖')} ${qualifiedName(lookup)}  ${plural(lookup.drift.length, 'step')}`,
  )
  return [[c.bold('Lookups'), ...lines]]
}

function blockers({ tables }: Status, c: ChalkInstance): string[][] {
  const all = tables.flatMap((table) => table.blockers)
  if (all.length === 0) return []
  return [
    [
      c.bold('In the way of a migration'),
      ...all.map((blocker) => `  ${c.red('✖')} ${blocker}`),
      `  ${c.dim('next')} Resolve these yourself: \`kysely-tenants migrate:rls\` writes nothing before.`,
    ],
  ]
}

function unlisted({ unlisted }: Status, c: ChalkInstance): string[][] {
  if (unlisted.length === 0) return []
  return [
    [
      c.bold('Not in the config, but with a tenant column'),
      ...unlisted.map((table) => `  ${c.yellow('?')} ${qualifiedName(table)}  ${table.column}`),
      `  ${c.dim('next')} List them under \`tables\`, or under \`global\` if they hold no tenant data.`,
    ],
  ]
}

function privileges({ privileges = [] }: Status, c: ChalkInstance): string[][] {
  if (privileges.length === 0) return []
  return [
    [
      c.bold('Missing privileges'),
      ...privileges
        .slice(0, MOST)
        .map((table) => `  ${c.yellow('!')} ${qualifiedName(table)}: ${table.problem}`),
      ...(privileges.length > MOST ? [`  and ${privileges.length - MOST} more`] : []),
      `  ${c.dim('next')} Grant them, or let \`kysely-tenants migrate:rls --with grants\` do it.`,
    ],
  ]
}

function blind({ blind = [] }: Status, c: ChalkInstance): string[][] {
  if (blind.length === 0) return []
  return [
    [
      c.bold('Sees no row of these tables'),
      ...blindLines(blind).map((line) => `  ${c.yellow('!')} ${line}`),
      `  ${c.dim('next')} ${BLIND_ADVICE}`,
    ],
  ]
}

function summary({ tables, views, lookups = [], unlisted }: Status, c: ChalkInstance): string {
  const steps = [...tables, ...views, ...lookups].flatMap(({ drift }) => drift).length
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
