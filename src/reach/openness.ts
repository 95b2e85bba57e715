import { conjuncts, disjuncts } from '../policy/conjuncts.ts'
import { identifier } from '../sql/quote.ts'

/**
 * The rows that a condition lets through. `own`: rows of the tenant of the statement. `unknown`: it asks for
 * something that words do not tell. `all`: rows of every tenant, be it not all of them.
 */
export type Openness = 'none' | 'own' | 'unknown' | 'all'

const ORDER: readonly Openness[] = ['none', 'own', 'unknown', 'all']

export interface Condition {
  readonly text: string
  /** The columns of the table that it names. */
  readonly columns: readonly string[]
}

/** The meaning of the words of a condition for a tenant. */
export interface OwnRow {
  /** As PostgreSQL deparses the conditions that the tool writes. */
  readonly texts: readonly string[]
  /** The tenant columns, by any of which rows can be of a tenant. */
  readonly columns: readonly string[]
  readonly setting: string
  /** `current_user`; undefined where it is not known. */
  readonly user?: string
}

export function opennessOf({ text, columns }: Condition, own: OwnRow): Openness {
  if (own.texts.includes(text)) return 'own'
  const all = conjuncts(text)
  if (all.length > 1) return least(all.map((part) => opennessOf({ text: part, columns }, own)))
  const any = disjuncts(text)
  if (any.length > 1) return most(any.map((part) => opennessOf({ text: part, columns }, own)))
  return opennessOfLeaf({ text, columns }, own)
}

export function most(list: readonly Openness[]): Openness {
  return list.reduce<Openness>((a, b) => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b), 'none')
}

export function least(list: readonly Openness[]): Openness {
  return list.reduce<Openness>((a, b) => (ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b), 'all')
}

// What tells rows apart by who asks: a lookup, a function of the database, the role.
const ASKS_ELSEWHERE = [
  /\bFROM\b/,
  /(?:\w|")\.(?:\w+|"[^"]+")\(/,
  /\b(?:CURRENT_USER|CURRENT_ROLE|SESSION_USER|USER)\b/,
  /\b(?:pg_has_role|has_\w+_privilege)\(/,
]

const CURRENT_USER = /^\(*CURRENT_USER = '((?:[^']|'')*)'::name\)*$/

function opennessOfLeaf({ text, columns }: Condition, own: OwnRow): Openness {
  if (text === 'true') return 'all'
  if (text === 'false' || text === 'NULL::boolean') return 'none'
  const asked = own.user === undefined ? null : CURRENT_USER.exec(text)
  if (asked) return asked[1]?.replaceAll("''", "'") === own.user ? 'all' : 'none'
  const named = columns.filter((column) => namesColumn(text, column))
  if (isOwnEquality(text, named, own)) return 'own'
  const words = text.replaceAll(/'(?:[^']|'')*'/g, "''")
  if (ASKS_ELSEWHERE.some((pattern) => pattern.test(words))) return 'unknown'
  // A setting that is compared with no column is a switch, and every connection can set it. Without a setting,
  // rows are told apart by their own values, the same for every role.
  return words.includes('current_setting(') && named.length > 0 ? 'unknown' : 'all'
}

function isOwnEquality(text: string, named: readonly string[], { columns, setting }: OwnRow) {
  const [column] = named
  if (named.length !== 1 || column === undefined || !columns.includes(column)) return false
  const sides = text.split(' = ')
  return (
    sides.length === 2 &&
    new RegExp(`current_setting\\('${escaped(setting)}'`, 'i').test(sides[1] ?? '') &&
    !namesColumn(sides[1] ?? '', column) &&
    !/COALESCE|\bOR\b|\bFROM\b/.test(text)
  )
}

function namesColumn(text: string, column: string): boolean {
  return new RegExp(`(^|[^\\w"'.])${escaped(identifier(column))}($|[^\\w"'])`).test(text)
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
