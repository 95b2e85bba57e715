import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { grouped } from '../util/grouped.ts'
import { isSameSet } from '../util/same-set.ts'
import { downSeeingAllRows } from './all-rows.ts'
import type { PartContext } from './change.ts'
import { isReplaced, type WrongForeignKey, wrongForeignKeys } from './foreign-keys.ts'
import { type NameIndex, unusedIndexNames } from './index-name.ts'
import type { GlobalKey } from './unique-keys.ts'

/** Whoever refers to a table, by its name. */
export interface KeyContext extends PartContext {
  readonly names: NameIndex
  readonly wrong: readonly WrongForeignKey[]
  readonly wrongByParent: ReadonlyMap<string, readonly WrongForeignKey[]>
  readonly usersByParent: ReadonlyMap<string, readonly User[]>
}

interface User {
  readonly relation: RelationState
  readonly key: ForeignKeyState
}

export function keyContext(context: PartContext): KeyContext {
  const wrong = wrongForeignKeys(context)
  const users = context.snapshot.relations.flatMap((relation) =>
    relation.foreignKeys
      .filter(({ isPartition }) => !isPartition)
      .map((key) => ({ relation, key })),
  )
  return {
    ...context,
    names: unusedIndexNames(context.snapshot),
    wrong,
    wrongByParent: grouped(wrong, ({ parent }) => qualifiedName(parent.table)),
    usersByParent: grouped(users, ({ key }) => qualifiedName(key.references)),
  }
}

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
      found.map(({ relation, key }) =>
        alter(relation, `add constraint ${identifier(key.name)} ${key.definition}`),
      ),
    ),
  }
}

function alter(relation: RelationState, what: string): string {
  return `alter table ${qualifiedName(relation)}\n  ${what}`
}
