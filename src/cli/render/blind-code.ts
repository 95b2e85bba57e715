import { qualifiedName } from '../../sql/quote.ts'
import type { OwnerCode } from '../../wanted/owner-code.ts'
import { plural } from './plural.ts'
import { wrap } from './wrap.ts'

const MOST_TABLES = 3

/** The list for stderr, when migrations are written that blind it. */
export function renderBlind(code: readonly OwnerCode[], columns: number | undefined): string {
  if (code.length === 0) return ''
  const lines = [...blindLines(code).map((line) => `  ${line}`), `  next ${BLIND_ADVICE}`]
  const wrapped = lines.flatMap((line) => wrap(line.split(' '), { columns, indent: 4 }))
  return `${['These will see no row:', ...wrapped].join('\n')}\n`
}

/** A line for each piece of code and each login that row security shows no row. */
export function blindLines(code: readonly OwnerCode[]): string[] {
  return code.map(({ kind, name, role, tables, isOpen }) => {
    const who = kind === 'login' ? '' : ` as ${role}`
    return `${kind} ${name}${who}: ${tablesText(tables.map(qualifiedName), isOpen)}`
  })
}

function tablesText(names: readonly string[], isOpen: boolean): string {
  if (names.length === 0) return 'any table, by SQL that it puts together'
  const shown = names.slice(0, MOST_TABLES).join(', ')
  const left = names.length - MOST_TABLES
  const more = left > 0 ? `, and ${plural(left, 'table')} more` : ''
  return `${shown}${more}${isOpen ? ', or any other' : ''}`
}

export const BLIND_ADVICE =
  'Give the role `roles.owner` or `roles.admin`, leave FORCE out with `force: false`, or let it name a tenant: docs/owner.md.'
