import type { RelationState } from '../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameSet } from '../util/same-set.ts'
import { downSeeingAllRows } from './all-rows.ts'
import { isReplaced } from './foreign-keys.ts'
import { commentOnConstraint } from './index-extras.ts'
import type { KeyContext } from './key-context.ts'
import type { GlobalKey } from './unique-keys.ts'

/**
 * The foreign keys that will use the successor of a unique key, which cannot go without them. Those that
 * this plan adds are put back by steps of their own.
 */
export function usersOfSuccessor(
  { entry, index }: GlobalKey,
  context: KeyContext,
): { readonly drops: string[]; readonly adds: string[] } {
  const columns = [entry.table.column, ...index.columns]
  const parent = qualifiedName(entry.table)
  const planned = (context.wrongByParent.get(parent) ?? []).filter(
    (wrong) => isReplaced(wrong, context) && isSameSet(wrong.wanted.referencedColumns, columns),
  )
  const replaced = new Set(planned.map(({ key }) => key))
  const found = (context.usersByParent.get(parent) ?? []).filter(
    ({ key }) => !replaced.has(key) && isSameSet(key.referencedColumns, columns),
  )
  const users = [
    ...planned.flatMap(({ child, key, successor }) =>
      successor ? [] : [{ relation: child.relation, key }],
    ),
    ...found,
  ]
  return {
    drops: users.map(({ relation, key }) =>
      alter(relation, `drop constraint ${identifier(key.name)}`),
    ),
    adds: downSeeingAllRows(
      found.length > 0 ? [entry.relation, ...found.map(({ relation }) => relation)] : [],
      context.snapshot,
      found.flatMap(({ relation, key }) => [
        alter(relation, `add constraint ${identifier(key.name)} ${key.definition}`),
        ...(key.comment === null ? [] : [commentOnConstraint(relation, key.name, key.comment).up]),
      ]),
    ),
  }
}

function alter(relation: RelationState, what: string): string {
  return `alter table ${qualifiedName(relation)} ${what}`
}
