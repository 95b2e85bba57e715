import { descendantsOf } from '../catalog/find-relation.ts'
import { indexBody } from '../catalog/index-body.ts'
import type { IndexState } from '../catalog/index-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { buildConcurrently, onTable } from './build-index.ts'
import { constraintText, indexExtras, inTablespace, planIndexExtras } from './index-extras.ts'
import type { KeyContext } from './key-context.ts'
import {
  extrasOfOld,
  extrasOfSuccessor,
  hazardOf,
  namedColumns,
  oldBody,
  rename,
} from './key-steps.ts'
import type { PartChange } from './part-change.ts'
import type { Step } from './step.ts'
import { constraintUsing, type GlobalKey } from './unique-keys.ts'

interface Leaf {
  readonly relation: RelationState
  /** The index that becomes part of the key. */
  readonly index: string
  /** The index that is part of the old key. */
  readonly old: IndexState | undefined
}

/**
 * PostgreSQL builds no index of a partitioned table concurrently, and gives none of them a constraint: it
 * takes in the indexes of the partitions, those with a constraint for a key that has one.
 * https://www.postgresql.org/docs/current/ddl-partitioning.html
 */
export function planPartitionedKey(key: GlobalKey, context: KeyContext): PartChange['steps'] {
  const { relation } = key.entry
  const columns = namedColumns(key)
  const leaves = descendantsOf(relation, context.snapshot)
    .filter(({ kind, isPartition }) => kind === 'table' && isPartition)
    .map((leaf) => ({
      relation: leaf,
      index: context.names(leaf, columns, 'key'),
      old: leaf.indexes.find((candidate) => isPartOf(candidate, key, leaf)),
    }))
  const indexes = leaves.flatMap((leaf) =>
    buildConcurrently(leaf.relation, {
      name: leaf.index,
      isUnique: true,
      body: inTablespace(key.body, leaf.old ?? key.index),
      why: 'Becomes a part of the key of the whole table.',
    }),
  )
  const partitions = descendantsOf(relation, context.snapshot)
  if (key.index.constraint === null) {
    const successor = context.names(relation, columns, 'key')
    return {
      indexes,
      constraints: [takeIn(key, successor, partitions)],
      keys: [
        dropIndex(key, leaves, partitions),
        rename(key, successor),
        ...extrasOfSuccessor(key),
        ...leaves.flatMap((leaf) => extrasOfLeaf(leaf, leaf.index)),
      ],
    }
  }
  return {
    indexes,
    keys: [
      dropConstraint(key, leaves, partitions),
      ...leaves.map((leaf) => constrain(key, leaf)),
      addConstraint(key, partitions),
      ...extrasOfSuccessor(key),
      ...leaves.flatMap((leaf) => {
        const name = leaf.old?.constraint ?? leaf.index
        return extrasOfLeaf(leaf, name, name)
      }),
    ],
  }
}

function stepOn({ entry }: GlobalKey, partitions: readonly RelationState[]) {
  const { schema, name } = entry.table
  return {
    table: { schema, name },
    reaches: partitions.map((partition) => ({ schema: partition.schema, name: partition.name })),
  }
}

function takeIn(key: GlobalKey, successor: string, partitions: readonly RelationState[]): Step {
  const { schema } = key.entry.table
  return {
    ...stepOn(key, partitions),
    why: 'Takes in the indexes of the partitions, and gives one to every new partition.',
    outcome: `index ${successor}`,
    up: `create unique index ${onTable(key.entry.table, { name: successor, body: key.body })}`,
    down: [`drop index ${qualifiedName({ schema, name: successor })}`],
    lock: 'share',
  }
}

function dropIndex(
  key: GlobalKey,
  leaves: readonly Leaf[],
  partitions: readonly RelationState[],
): Step {
  const { schema } = key.entry.table
  const { name } = key.index
  return {
    ...stepOn(key, partitions),
    ...hazardOf(key),
    lock: 'access exclusive',
    why: 'Its successor is there: the values are unique for each tenant.',
    outcome: `${name} replaced`,
    up: `drop index ${qualifiedName({ schema, name })}`,
    // The whole table takes in the indexes of its partitions, with the names that they had.
    down: [
      ...leaves.flatMap(({ relation, old }) =>
        old
          ? [
              `create unique index ${onTable(relation, { name: old.name, body: inTablespace(oldBody(key), old) })}`,
              ...indexExtras(old, { table: relation, name: old.name }),
            ]
          : [],
      ),
      `create unique index ${onTable(key.entry.table, { name, body: inTablespace(oldBody(key), key.index) })}`,
      ...extrasOfOld(key),
    ],
  }
}

function dropConstraint(
  key: GlobalKey,
  leaves: readonly Leaf[],
  partitions: readonly RelationState[],
): Step {
  const table = qualifiedName(key.entry.relation)
  const constraint = identifier(key.index.constraint ?? '')
  return {
    ...stepOn(key, partitions),
    ...hazardOf(key),
    lock: 'access exclusive',
    why: 'The old key goes from the table and from its partitions. What follows puts the new one there.',
    up: `alter table ${table} drop constraint ${constraint}`,
    down: [
      ...leaves.flatMap(({ relation, old }) =>
        old && old.constraint !== null
          ? [
              `alter table ${qualifiedName(relation)} add constraint ${identifier(old.constraint)} ${constraintText(old)}`,
              ...indexExtras(old, { table: relation, name: old.name, constraint: old.constraint }),
            ]
          : [],
      ),
      `alter table ${table} add constraint ${constraint} ${constraintText(key.index)}`,
      ...extrasOfOld(key),
    ],
  }
}

function constrain(key: GlobalKey, { relation, index, old }: Leaf): Step {
  const { schema, name } = relation
  const constraint = identifier(old?.constraint ?? index)
  return {
    table: { schema, name },
    why: 'The index of the partition becomes its key.',
    up: `alter table ${qualifiedName(relation)} add constraint ${constraint} ${constraintUsing(index, key)}`,
    // The constraint is gone with that of the whole table.
    down: [`create unique index ${onTable({ schema, name }, { name: index, body: key.body })}`],
    lock: 'access exclusive',
  }
}

function addConstraint(key: GlobalKey, partitions: readonly RelationState[]): Step {
  const table = qualifiedName(key.entry.relation)
  const constraint = identifier(key.index.constraint ?? '')
  const definition = constraintText(key.index).replace(
    '(',
    () => `(${identifier(key.entry.table.column)}, `,
  )
  return {
    ...stepOn(key, partitions),
    why: 'Takes in the keys of the partitions, and gives one to every new partition.',
    outcome: `${key.index.constraint} replaced`,
    up: `alter table ${table} add constraint ${constraint} ${definition}`,
    down: [`alter table ${table} drop constraint ${constraint}`],
    lock: 'access exclusive',
  }
}

function extrasOfLeaf({ relation, old }: Leaf, name: string, constraint?: string): Step[] {
  const { schema } = relation
  const table = { schema, name: relation.name }
  return old ? planIndexExtras(old, { table, name, constraint, shift: 1 }) : []
}

function isPartOf(candidate: IndexState, key: GlobalKey, leaf: RelationState): boolean {
  const { isPartition, constraint, isPrimary } = candidate
  return (
    isPartition &&
    (constraint === null) === (key.index.constraint === null) &&
    isPrimary === key.index.isPrimary &&
    indexBody(candidate, leaf) === oldBody(key)
  )
}
