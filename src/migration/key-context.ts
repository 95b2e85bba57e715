import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { grouped } from '../util/grouped.ts'
import { type WrongForeignKey, wrongForeignKeys } from './foreign-keys.ts'
import { type NameIndex, unusedIndexNames } from './index-name.ts'
import type { PartContext } from './part-change.ts'

/** The plan of all keys together: one key decides about another. */
export interface KeyContext extends PartContext {
  readonly names: NameIndex
  readonly wrong: readonly WrongForeignKey[]
  /** By the qualified name of the table that they refer to. */
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
