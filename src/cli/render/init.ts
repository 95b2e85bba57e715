import type { Proposal } from '../../init/proposal.ts'
import type { Screen } from '../io.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'
import { wrap } from './wrap.ts'

/** The proposal in numbers, for the reader to compare with what they know of the database. */
export function renderProposal(proposal: Proposal, { color, columns }: Screen): string {
  const c = paint(color)
  const { column, type, tenantsTable, tables, undecided, global, roles } = proposal
  const adopted = tables.filter(({ adoption }) => adoption !== undefined).length
  const facts: (readonly [string, string])[] = [
    ['tenant', `${column}${type ? ` (${type})` : ''}${tenantsTable ? `, of ${tenantsTable}` : ''}`],
    ['tables', `${tables.length}${adopted > 0 ? `, ${adopted} of them get the column` : ''}`],
    ['global', global.join(', ') || 'none'],
    ['app', roles.app.join(', ') || 'no login found that row security binds'],
    ...(roles.admin.length > 0 ? [['admin', roles.admin.join(', ')] as const] : []),
    ['owner', proposal.owners.join(', ')],
  ]
  const open = undecided.map(({ name, reason }) => `  ${c.yellow('?')} ${name}: ${reason}`)
  const warnings = [...roles.warnings, ...(proposal.citus ? [CITUS] : [])]
  const lines = [
    ...facts.map(([name, value]) => `${c.dim(name.padEnd(7))} ${value}`),
    ...(open.length > 0 ? [`${plural(open.length, 'table')} not decided`, ...open] : []),
    ...warnings.map((warning) => `${c.yellow('!')} ${warning}`),
  ]
  return `${lines.flatMap((line) => wrap(line.split(' '), { columns, indent: 8 })).join('\n')}\n`
}

const CITUS = 'Citus refuses policies with a sub-select on distributed tables.'
