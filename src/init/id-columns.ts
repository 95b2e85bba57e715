import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import { isOwnKeyName, normalizedName } from '../wanted/tenant-column-names.ts'
import { referringNames } from './column-names.ts'

/** Types of ids, as `typname` has them, without the underscore of their arrays. */
const ID_TYPES = [
  'uuid',
  'int2',
  'int4',
  'int8',
  'numeric',
  'text',
  'varchar',
  'bpchar',
  'citext',
  'name',
]

const ROW_TYPES = ['uuid', 'int4', 'int8']

/** English words that end like an id. */
const OTHER_WORDS = new Set([
  'android',
  'avoid',
  'bid',
  'bids',
  'covid',
  'fluid',
  'grid',
  'hybrid',
  'invalid',
  'kids',
  'paid',
  'prepaid',
  'rapid',
  'solid',
  'unpaid',
  'valid',
  'void',
])

/**
 * Whether a column seems to name a row, of whatever table: by its name, `nid`, `projectId`, `memberids`,
 * `created_by`, or by its type, uuid.
 */
export function looksLikeId({ name, baseType }: ColumnState): boolean {
  const type = baseType.replace(/^_/, '')
  const word = wordsOf(name).at(-1) ?? ''
  if (type === 'uuid') return true
  if (word === 'by') return ROW_TYPES.includes(type)
  if (!ID_TYPES.includes(type) || OTHER_WORDS.has(word)) return false
  return /(?:u?id|guid)s?$/.test(word)
}

/** The column names its own row: the key of the table, or an id that is made for each new row. */
export function isOwnId({ name, default: made, isIdentity }: ColumnState, table: string): boolean {
  const own = normalizedName(name)
  return isOwnKeyName(own) || referringNames(table).includes(own) || isIdentity || makesIds(made)
}

function makesIds(made: string | null): boolean {
  return made !== null && /(?:nextval|uuid\w*|ulid\w*|nanoid\w*|cuid\w*)\(/i.test(made)
}

/** The columns that look like an id and that no foreign key explains. */
export function unexplainedIds(relation: RelationState): ColumnState[] {
  const explained = new Set(relation.foreignKeys.flatMap(({ columns }) => columns))
  return relation.columns.filter(
    (column) =>
      looksLikeId(column) && !isOwnId(column, relation.name) && !explained.has(column.name),
  )
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
}
