import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameSet } from '../util/same-set.ts'
import type { IndexState } from './index-state.ts'
import type { RelationState } from './relation-state.ts'

/**
 * The part of an index definition behind the table, with the tenant in front of the keys if one is given:
 * the keys, their operator classes, INCLUDE, NULLS NOT DISTINCT and WHERE. Undefined when it is no btree.
 */
export function indexBody(
  { name, definition, isUnique }: IndexState,
  relation: RelationState,
  tenant?: string,
): string | undefined {
  const only = relation.kind === 'partitioned table' ? 'ONLY ' : ''
  const unique = isUnique ? 'UNIQUE ' : ''
  const start = `CREATE ${unique}INDEX ${identifier(name)} ON ${only}${qualifiedName(relation)} USING btree (`
  if (!definition.startsWith(start)) return undefined
  const keys = definition.slice(start.length)
  return tenant === undefined ? `(${keys}` : `(${identifier(tenant)}, ${keys}`
}

/** A foreign key can refer to exactly these columns, in any order. */
export function isReferable(index: IndexState, columns: readonly string[]): boolean {
  const { isUnique, isValid, predicate, constraintDefinition } = index
  const isImmediate = !/ DEFERRABLE/.test(constraintDefinition ?? '')
  return (
    isUnique && isValid && predicate === null && isImmediate && isSameSet(index.columns, columns)
  )
}
