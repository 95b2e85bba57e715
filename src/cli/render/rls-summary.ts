import type { MigrationPart } from '../../config/migration-part.ts'
import { tableChanges } from '../../migration/file-head.ts'
import { hasTransaction, LOCKS, type Phase } from '../../migration/step.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { grouped } from '../../util/grouped.ts'
import type { RlsPlan } from '../migrate/plan-rls.ts'
import { adviceLines } from './advice.ts'
import { BLIND_ADVICE, blindLines } from './blind-code.ts'
import { code, escaped, table } from './markdown.ts'
import { plural } from './plural.ts'

const MOST_TABLES = 8

/** The review of a plan as markdown, for the text of a pull request. */
export function renderRlsSummary(
  { phases, advice, blind, pending }: RlsPlan,
  asked: readonly MigrationPart[],
): string {
  const changes = tableChanges(phases.flatMap(({ steps }) => steps))
  const open = adviceLines(advice, asked)
  const blocks = [
    '## Row security',
    phases.length === 0
      ? '**Nothing to do: the database is as the config wants it.**'
      : `**${plural(changes.length, 'table')}, ${plural(phases.length, 'phase')}.**`,
    ...section('Written before, and not yet run', pending.map(code)),
    ...(changes.length === 0 ? [] : [tableBlock(changes), phaseBlock(phases)]),
    ...section('Hazards', hazards(phases, changes.length)),
    ...section('Sees no row from then on', blind.length > 0 ? blindItems(blind) : []),
    ...section('Stays open', open.map(escaped)),
  ]
  return `${blocks.join('\n\n')}\n`
}

function tableBlock(changes: ReturnType<typeof tableChanges>): string {
  const rows = changes
    .filter(({ outcomes }) => outcomes.length > 0)
    .toSorted((a, b) => (a.table < b.table ? -1 : 1))
    .map(({ table, outcomes, lock }) => [code(table), escaped(outcomes.join(', ')), lock])
  return table(['table', 'gets', 'strongest lock'], rows)
}

function phaseBlock(phases: readonly Phase[]): string {
  const rows = phases.map((phase) => {
    const locks = phase.steps.map(({ lock }) => lock)
    const strongest = LOCKS.findLast((lock) => locks.includes(lock)) ?? 'none'
    const held = hasTransaction(phase) ? 'until the commit' : 'for each statement'
    return [code(phase.name), String(tableChanges(phase.steps).length), strongest, held]
  })
  return `### Phases and locks\n\n${table(['phase', 'tables', 'strongest lock', 'held'], rows)}`
}

/** Each once, with the tables that it is about. */
function hazards(phases: readonly Phase[], all: number): string[] {
  const steps = phases.flatMap(({ name, steps }) => steps.map((step) => ({ ...step, phase: name })))
  const dangerous = steps.filter(({ hazard }) => hazard !== undefined)
  return [...grouped(dangerous, ({ hazard, phase }) => `${phase}\n${hazard}`).values()].map(
    (same) => {
      const names = [...new Set(same.map((step) => qualifiedName(step.table)))]
      const shown = names.slice(0, MOST_TABLES).map(code).join(', ')
      const left = names.length - MOST_TABLES
      const which =
        names.length === all ? 'every table' : `${shown}${left > 0 ? ` and ${left} more` : ''}`
      const [first] = same
      return `${code(first?.phase ?? '')}: ${escaped(first?.hazard ?? '')} (${which})`
    },
  )
}

function blindItems(blind: RlsPlan['blind']): string[] {
  return [...blindLines(blind).map(escaped), escaped(BLIND_ADVICE)]
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0
    ? []
    : [`### ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`]
}
