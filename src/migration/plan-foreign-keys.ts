import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import { descendantsOf } from '../catalog/find-relation.ts'
import { indexBody, isReferable } from '../catalog/index-body.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { grouped } from '../util/grouped.ts'
import { stepSeeingAllRows } from './all-rows.ts'
import { buildConcurrently, onTable } from './build-index.ts'
import {
  addForeignKey,
  dropForeignKey,
  type NewForeignKey,
  newForeignKey,
  replaceForeignKey,
  takeInForeignKeys,
  validateForeignKey,
} from './foreign-key-steps.ts'
import { isReplaced, type WrongForeignKey } from './foreign-keys.ts'
import type { KeyContext } from './key-context.ts'
import type { PartChange } from './part-change.ts'
import type { GlobalKey } from './unique-keys.ts'

/** From this server on a foreign key of a partitioned table can wait for its validation. */
const NOT_VALID_ON_PARTITIONED = 180000

/**
 * The new foreign key comes beside the old one: not validated at first, so that no row is scanned under
 * a lock that stops writers. When all rows were looked at, it takes the place of the old one.
 */
export function planForeignKeys(keys: readonly GlobalKey[], context: KeyContext): PartChange[] {
  const built = new Set<string>()
  const keysOf = grouped(keys, ({ entry }) => qualifiedName(entry.table))
  return context.wrong.map((wrong) => {
    const { schema, name } = wrong.child.table
    const { problem, obstacle } = wrong
    const change = { part: 'foreign-keys', table: { schema, name }, problem } as const
    if (obstacle !== undefined) return { ...change, obstacle, steps: {} }

    const parent = qualifiedName(wrong.parent.table)
    const parentKey = [parent, ...wrong.wanted.referencedColumns.toSorted()].join('\n')
    const isBuilt = !hasParentKey(wrong, keysOf.get(parent) ?? [], context) && !built.has(parentKey)
    // A key that is only advised builds no index that others could use.
    if (isBuilt && isReplaced(wrong, context)) built.add(parentKey)
    return {
      ...change,
      steps: stepsFor(wrong, isBuilt, context),
      ...(isBuilt && { indexes: wrong.parent.table }),
    }
  })
}

function hasParentKey(
  { parent, wanted }: WrongForeignKey,
  keys: readonly GlobalKey[],
  { parts }: KeyContext,
): boolean {
  const columns = wanted.referencedColumns
  if (parent.relation.indexes.some((index) => isReferable(index, columns))) return true
  return keys.some(
    ({ entry, index, obstacle }) =>
      parts.includes('unique-keys') &&
      obstacle === undefined &&
      // That of a partitioned table is there too late.
      parent.relation.kind === 'table' &&
      isReferable(
        { ...index, isValid: true, columns: [entry.table.column, ...index.columns] },
        columns,
      ),
  )
}

function stepsFor(
  wrong: WrongForeignKey,
  buildsParentKey: boolean,
  context: KeyContext,
): PartChange['steps'] {
  const { snapshot } = context
  const key = newForeignKey(wrong, snapshot)
  if (wrong.successor) return stepsWithSuccessor(key, wrong.successor, snapshot)
  const parentKey: PartChange['steps'] = buildsParentKey ? buildParentKey(wrong, context) : {}
  const isSplit =
    wrong.child.relation.kind === 'partitioned table' &&
    snapshot.serverVersion < NOT_VALID_ON_PARTITIONED
  const validated = isSplit ? key.leaves : [wrong.child.relation]
  return {
    indexes: parentKey.indexes ?? [],
    constraints: [
      ...(parentKey.constraints ?? []),
      ...validated.map((relation) => addForeignKey(key, relation)),
    ],
    validation: validated.flatMap((relation) =>
      stepSeeingAllRows(key.relations, snapshot, validateForeignKey(key, relation)),
    ),
    keys: [
      ...(isSplit ? [takeInForeignKeys(key)] : []),
      ...replaceForeignKey(key, validated, snapshot),
    ],
  }
}

/** The successor was left by an interrupted migration, or the user made it. It keeps its name. */
function stepsWithSuccessor(
  key: NewForeignKey,
  { name }: ForeignKeyState,
  snapshot: Snapshot,
): PartChange['steps'] {
  const { relation } = key.child
  const isValid = !relation.constraints.some((c) => c.name === name && !c.isValid)
  return {
    validation: isValid
      ? []
      : stepSeeingAllRows(key.relations, snapshot, validateForeignKey({ ...key, name }, relation)),
    keys: [dropForeignKey(key, snapshot)],
  }
}

function buildParentKey(
  { parent, wanted }: WrongForeignKey,
  { names, snapshot }: KeyContext,
): PartChange['steps'] {
  const { table, relation } = parent
  const columns = wanted.referencedColumns
  const body = `(${columns.map(identifier).join(', ')})`
  const why = `A foreign key can only refer to what is unique: ${columns.join(', ')}.`
  const build = (of: RelationState) => {
    const leftOver = of.indexes.find(
      (index) => index.isUnique && index.constraint === null && indexBody(index, of) === body,
    )
    const name = leftOver?.name ?? names(of, columns, 'key')
    return buildConcurrently(of, { name, isUnique: true, body, why })
  }
  if (relation.kind === 'table') return { indexes: build(relation) }

  const { schema, name } = table
  const partitions = descendantsOf(relation, snapshot)
  const index = names(table, columns, 'key')
  return {
    indexes: partitions.filter(({ kind }) => kind === 'table').flatMap(build),
    constraints: [
      {
        table: { schema, name },
        reaches: partitions.map((partition) => ({
          schema: partition.schema,
          name: partition.name,
        })),
        why: 'Takes in the indexes of the partitions, and gives one to every new partition.',
        outcome: `index ${index}`,
        up: `create unique index ${onTable(table, { name: index, body })}`,
        down: [`drop index ${qualifiedName({ schema, name: index })}`],
        lock: 'share',
      },
    ],
  }
}
