import type { NameToken, Token } from '../../sql/tokens.ts'
import type { NamedRelation, Verb } from './body-facts.ts'

type Found = Omit<NamedRelation, 'isInString'>

/** Between the word that asks for a relation and its name. */
const SKIPPED = new Set(['only', 'if', 'not', 'exists', 'lateral', 'concurrently', 'as'])

/** After these no list of relations goes on. */
const ENDS_A_LIST = new Set([
  'alter',
  'and',
  'cascade',
  'case',
  'do',
  'drop',
  'enable',
  'except',
  'for',
  'group',
  'having',
  'intersect',
  'limit',
  'offset',
  'or',
  'order',
  'restart',
  'returning',
  'select',
  'set',
  'union',
  'values',
  'when',
  'where',
  'window',
  'with',
])

/** Before `update` these make it no statement: `for update`, `do update`, `before insert or update`. */
const NO_UPDATE = new Set(['for', 'do', 'before', 'after', 'or', 'on', 'key', 'of'])

/** Before `table` these make it no query: `create table x`, `lock table x`. */
const NO_TABLE = new Set(['create', 'lock', 'temp', 'temporary', 'unlogged', 'foreign', 'on', 'of'])

interface State {
  /** The verb for the relation whose name comes next. */
  pending: Verb | null
  /** The verb for the relations of the list, after a comma. */
  list: Verb | null
  depth: number
  listDepth: number
}

/** The names of one statement that stand where a relation has to. */
export function namedRelations(statement: readonly Token[]): Found[] {
  const state: State = { pending: null, list: null, depth: 0, listDepth: 0 }
  const defines = definesOn(statement)
  const fills = isCreateTableAs(statement)
  let previous = ''
  return statement.flatMap((token, i) => {
    if (token.kind !== 'name') {
      readSymbol(token, state)
      return []
    }
    const verb = state.pending
    const asked = askedBy(token.word, previous, defines)
    const isFilled =
      (fills && token.word === 'table' && NO_TABLE.has(previous)) ||
      (asked === null && token.word === 'into' && isQualified(statement[i + 1]))
    previous = token.word || previous
    if (asked !== undefined) {
      state.pending = isFilled ? 'insert' : asked
      state.list = null
      return []
    }
    return readName(token, verb, state)
  })
}

function readName(token: NameToken, verb: Verb | null, state: State): Found[] {
  if (SKIPPED.has(token.word)) return []
  if (ENDS_A_LIST.has(token.word)) state.list = null
  state.pending = null
  if (verb === null || ENDS_A_LIST.has(token.word)) return []
  state.list = verb
  state.listDepth = state.depth
  const { parts, at } = token
  const schema = parts.length > 1 ? (parts.at(-2) ?? null) : null
  return [{ schema, name: parts.at(-1) ?? '', at, verb }]
}

function readSymbol(token: Token, state: State): void {
  if (token.kind !== 'symbol') return
  if (token.text === '(') state.depth++
  else if (token.text === ')') state.depth--
  else if (token.text === ',' && state.depth === state.listDepth) state.pending = state.list
  else if (token.text === ';') state.list = null
}

/** The verb of this word for the relation after it; undefined for any other word. */
function askedBy(word: string, previous: string, defines: boolean): Verb | null | undefined {
  switch (word) {
    case 'from':
      return previous === 'delete' ? 'delete' : 'read'
    case 'join':
    case 'using':
    case 'copy':
      return 'read'
    case 'into':
      return INTO[previous] ?? null
    case 'update':
      return NO_UPDATE.has(previous) ? null : 'update'
    case 'truncate':
      return 'truncate'
    case 'table':
      return TABLE[previous] ?? (NO_TABLE.has(previous) ? null : 'read')
    case 'on':
      return defines ? 'define' : null
    default:
      return undefined
  }
}

const INTO: Readonly<Record<string, Verb>> = { insert: 'insert', merge: 'update' }

const TABLE: Readonly<Record<string, Verb>> = {
  alter: 'define',
  drop: 'define',
  truncate: 'truncate',
}

// They open or close the relation that they name after ON. A join has its ON elsewhere.
function definesOn(statement: readonly Token[]): boolean {
  const words = statement.slice(0, 5).flatMap((token) => (token.kind === 'name' ? token.word : []))
  const [first = ''] = words
  if (first === 'grant') return true
  return (
    ['create', 'alter', 'drop'].includes(first) &&
    words.some((word) => ['policy', 'trigger', 'rule'].includes(word))
  )
}

// `create table report as select …`
function isCreateTableAs(statement: readonly Token[]): boolean {
  const words = statement.map((token) => (token.kind === 'name' ? token.word : ''))
  const as = words.indexOf('as')
  return words[0] === 'create' && ['select', 'table', 'with'].includes(words[as + 1] ?? '')
}

// `select … into public.report`: a variable of PL/pgSQL has no schema.
function isQualified(token: Token | undefined): boolean {
  return token?.kind === 'name' && token.parts.length > 1
}
