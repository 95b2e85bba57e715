import type { RelationState } from './relation-state.ts'

/** No key and no index can hold the column: it is computed whenever it is read. */
export function isVirtual({ columns }: Pick<RelationState, 'columns'>, column: string): boolean {
  return columns.some(({ name, isVirtual }) => name === column && isVirtual)
}
