import { descendantsOf } from '../catalog/find-relation.ts'
import { indexBody } from '../catalog/index-body.ts'
import type { IndexState } from '../catalog/index-state.ts'
import { isVirtual } from '../catalog/is-virtual.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { buildConcurrently, onTable } from './build-index.ts'
import { indexExtras, inTablespace } from './index-extras.ts'
import { unusedIndexNames } from './index-name.ts'
import type { Step } from './step.ts'

/**
 * Builds the indexes that begin with the tenant while the application writes. An invalid index of the
 * user is completed; one of this tool is dropped and built again.
 */
export function planIndexes(
  table: TenantTable,
  relation: RelationState,
  snapshot: Snapshot,
): Step[] {
  if (!lacksIndex(table, relation)) return []
  const [invalid] = relation.indexes.filter((index) => isRepairable(index, table))
  if (invalid && relation.kind === 'table') return [rebuild(relation, invalid)]
  // The index of a partitioned table takes those of its partitions in: see planPartitionedIndex.
  return [relation, ...descendantsOf(relation, snapshot).filter(({ isPartition }) => isPartition)]
    .filter(({ kind, indexes }) => kind === 'table' && !indexes.some((i) => isPlain(i, table)))
    .flatMap((leaf) => build(leaf, table.column, snapshot))
}

/** PostgreSQL builds no index concurrently on a partitioned table. */
export function planPartitionedIndex(
  table: TenantTable,
  relation: RelationState,
  snapshot: Snapshot,
): Step[] {
  if (relation.kind !== 'partitioned table' || !lacksIndex(table, relation)) return []
  const { schema, name } = relation
  const partitions = descendantsOf(relation, snapshot)
  const index = unusedIndexNames(snapshot)(relation, [table.column], 'idx')
  // They go with the index of the parent that took them in.
  const taken = partitions.flatMap((leaf) => {
    const plain = leaf.kind === 'table' ? leaf.indexes.find((i) => isPlain(i, table)) : undefined
    if (!plain) return []
    const body = inTablespace(indexBody(plain, leaf) ?? '', plain)
    return [
      `create index ${onTable(leaf, { name: plain.name, body })}`,
      ...indexExtras(plain, { table: leaf, name: plain.name }),
    ]
  })
  return [
    {
      table: { schema, name },
      reaches: partitions.map((leaf) => ({ schema: leaf.schema, name: leaf.name })),
      why: 'Takes in the indexes of the partitions, and gives one to every new partition.',
      outcome: `index ${index}`,
      up: `create index ${identifier(index)} ${on(relation, table.column)}`,
      down: [`drop index ${qualifiedName({ schema, name: index })}`, ...taken],
      lock: 'share',
    },
  ]
}

function lacksIndex({ column }: TenantTable, relation: RelationState): boolean {
  const { indexes, isPartition, partitionKey } = relation
  // The parent decides about the indexes of a partition, and partitions by tenant need none.
  if (isPartition || partitionKey[0] === column || isVirtual(relation, column)) return false
  return !indexes.some(
    ({ columns, isValid, predicate }) => columns[0] === column && isValid && predicate === null,
  )
}

// The rows of an invalid unique index may break it: only the user can decide about them.
function isRepairable(index: IndexState, { column }: TenantTable): boolean {
  const { columns, isValid, isUnique, predicate, constraint } = index
  return columns[0] === column && !isValid && !isUnique && predicate === null && constraint === null
}

/** Such as PostgreSQL takes into the index of a partitioned table. */
function isPlain(index: IndexState, { column }: TenantTable): boolean {
  const { columns, isValid, isUnique, predicate, method, isPartition } = index
  const isAlone = columns.length === 1 && columns[0] === column
  return isAlone && isValid && !isUnique && predicate === null && method === 'btree' && !isPartition
}

function rebuild({ schema, name }: RelationState, index: IndexState): Step {
  return {
    table: { schema, name },
    why: 'A build that failed left an index that every write maintains and no query uses.',
    outcome: `index ${index.name} rebuilt`,
    up: `reindex index concurrently ${qualifiedName({ schema, name: index.name })}`,
    // An index that is not valid is of no use to the way back.
    down: [],
    lock: 'share update exclusive',
    hazard: 'Waits for every transaction that is older.',
    inTransaction: {
      up: `reindex index ${qualifiedName({ schema, name: index.name })}`,
      down: [],
      lock: 'share',
      hazard: 'Writes to the table wait until the transaction ends.',
    },
  }
}

function build(leaf: RelationState, column: string, snapshot: Snapshot): Step[] {
  return buildConcurrently(leaf, {
    name: unusedIndexNames(snapshot)(leaf, [column], 'idx'),
    isUnique: false,
    body: `(${identifier(column)})`,
    why: 'Finds the rows of a tenant without reading those of the others.',
  })
}

function on(relation: RelationState, column: string): string {
  return `on ${qualifiedName(relation)} (${identifier(column)})`
}
