import type { Token } from '../../sql/tokens.ts'
import { wordOf } from './token-tree.ts'

/** Objects by which everything below them changes hands. */
const WHOLE = new Set([
  'role',
  'user',
  'group',
  'schema',
  'database',
  'system',
  'owned',
  'extension',
])

/** Where a body gives away a role, a schema, the server, or privileges on all tables; null where it does not. */
export function administersAt(statements: readonly (readonly Token[])[]): number | null {
  return statements.find(administers)?.[0]?.at ?? null
}

function administers(statement: readonly Token[]): boolean {
  const [first = '', second = ''] = statement.slice(0, 2).map(wordOf)
  const words = first === 'grant' ? statement.map(wordOf) : []
  if (first === 'grant')
    return !words.includes('on') || (words.includes('all') && words.includes('in'))
  if (first === 'reassign') return true
  return (first === 'alter' || first === 'drop') && WHOLE.has(second)
}
