import type { ChalkInstance } from 'chalk'
import type { Proposal, ProposedCode } from '../../init/proposal.ts'
import type { Screen } from '../io.ts'
import { blindLines } from './blind-code.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'
import { wrap } from './wrap.ts'

/** The proposal in numbers, for the reader to compare with what they know of the database. */
export function renderProposal(proposal: Proposal, { color, columns }: Screen): string {
  const c = paint(color)
  const { column, type, tenantsTable, tables, undecided, global, roles } = proposal
  const { policies = [], ownerCode = [] } = proposal
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
    ...(policies.length > 0 ? [`${c.dim('policies'.padEnd(7))} ${policies.join(', ')}`] : []),
    ...codeLines(ownerCode, c),
    ...warnings.map((warning) => `${c.yellow('!')} ${warning}`),
  ]
  return `${lines.flatMap((line) => wrap(line.split(' '), { columns, indent: 8 })).join('\n')}\n`
}

/** The code that row security treats otherwise than the application. */
function codeLines(code: readonly ProposedCode[], c: ChalkInstance): string[] {
  if (code.length === 0) return []
  const lines = code.map((one) => {
    const [line = ''] = blindLines([one])
    return `  ${c.yellow('!')} ${line}; sees ${one.sees} under row security`
  })
  return [
    `${plural(code.length, 'piece')} of code that read${code.length === 1 ? 's' : ''} as another role`,
    ...lines,
  ]
}

const CITUS = 'Citus refuses policies with a sub-select on distributed tables.'
