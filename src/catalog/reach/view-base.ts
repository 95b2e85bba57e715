import type { TableName } from '../../sql/table-name.ts'
import { tokensOf } from '../../sql/tokens.ts'
import { namedRelations } from './named-relations.ts'

/** A view with one of these is not written through. */
const NOT_SIMPLE = new Set([
  'distinct',
  'except',
  'fetch',
  'group',
  'having',
  'intersect',
  'join',
  'limit',
  'offset',
  'union',
  'with',
])

/**
 * The one relation after FROM of a view that PostgreSQL writes through. Deparsed with
 * `search_path = pg_catalog`, so that it stands there with its schema.
 * https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS
 */
export function baseOf(
  query: string,
  relations: readonly (TableName & { readonly id: number })[],
): number | null {
  const outer = tokensOf(outermost(query))
  const [base, ...others] = namedRelations(outer).filter(({ verb }) => verb === 'read')
  const isSimple = !outer.some((token) => token.kind === 'name' && NOT_SIMPLE.has(token.word))
  if (others.length > 0 || !isSimple) return null
  const found = base && relations.find((r) => r.name === base.name && r.schema === base.schema)
  return found?.id ?? null
}

// Sub-selects have their own FROM.
function outermost(query: string): string {
  let depth = 0
  let text = ''
  for (const token of tokensOf(query)) {
    if (token.kind === 'symbol' && token.text === '(') depth++
    else if (token.kind === 'symbol' && token.text === ')') depth--
    else if (depth === 0 && token.kind === 'name') {
      text += ` ${token.word || token.parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.')}`
    } else if (depth === 0 && token.kind === 'symbol') text += token.text
  }
  return text
}
