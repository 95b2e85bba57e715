import { createHash } from 'node:crypto'
import type { IndexState, RelationState, Snapshot } from '../catalog/snapshot.ts'
import { identifier, qualifiedName } from '../policy/quote.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { descendantsOf, isTaken } from './family.ts'
import type { Step } from './step.ts'

/** As many bytes as a name of PostgreSQL holds. */
const LONGEST_NAME = 63

/**
 * The indexes that begin with the tenant, built while the application writes. A failed build of
 * somebody else is completed; one of ours is dropped and built again.
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
  const index = unusedName(relation, table.column, snapshot)
  // They go with the index of the parent that took them in.
  const taken = partitions.flatMap((leaf) => {
    const plain = leaf.kind === 'table' ? leaf.indexes.find((i) => isPlain(i, table)) : undefined
    return plain ? [`create index ${identifier(plain.name)} ${on(leaf, table.column)}`] : []
  })
  return [
    {
      table: { schema, name },
      reaches: partitions.map((leaf) => ({ schema: leaf.schema, name: leaf.name })),
      why: 'Takes in the indexes of the partitions, and gives one to every new partition.',
      up: `create index ${identifier(index)} ${on(relation, table.column)}`,
      down: [`drop index ${qualifiedName({ schema, name: index })}`, ...taken],
      lock: 'share',
    },
  ]
}

function lacksIndex({ column }: TenantTable, relation: RelationState): boolean {
  const { indexes, isPartition, partitionKey } = relation
  // The parent decides about the indexes of a partition, and partitions by tenant need none.
  if (isPartition || partitionKey[0] === column) return false
  return !indexes.some(
    ({ columns, isValid, predicate }) => columns[0] === column && isValid && predicate === null,
  )
}

// What a unique index may lack is a row that is unique: that is not for us to decide.
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
    up: `reindex index concurrently ${qualifiedName({ schema, name: index.name })}`,
    // Nobody wants an index back that is not valid.
    down: [],
    lock: 'share update exclusive',
    hazard: 'Waits for every transaction that is older.',
  }
}

function build(relation: RelationState, column: string, snapshot: Snapshot): Step[] {
  const { schema, name } = relation
  const index = unusedName(relation, column, snapshot)
  const drop = `drop index concurrently if exists ${qualifiedName({ schema, name: index })}`
  const step = { table: { schema, name }, lock: 'share update exclusive' } as const
  return [
    {
      ...step,
      why: 'What an interrupted run of this file left behind: it may not be valid.',
      up: drop,
      down: [],
    },
    {
      ...step,
      why: 'Finds the rows of a tenant without reading those of the others.',
      up: `create index concurrently ${identifier(index)} ${on(relation, column)}`,
      down: [drop],
      hazard: 'Waits for every transaction that is older.',
    },
  ]
}

function on(relation: RelationState, column: string): string {
  return `on ${qualifiedName(relation)} (${identifier(column)})`
}

/** As PostgreSQL would call it. Indexes and tables of a schema share their names. */
function unusedName({ schema, name }: RelationState, column: string, snapshot: Snapshot): string {
  for (let number = 0; ; number++) {
    const candidate = shortened(`${name}_${column}`, `_idx${number === 0 ? '' : number}`)
    if (!isTaken(candidate, schema, snapshot)) return candidate
  }
}

/** Two long names that begin alike stay different. */
function shortened(text: string, ending: string): string {
  if (Buffer.byteLength(text + ending) <= LONGEST_NAME) return text + ending
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  const characters = [...text]
  const result = () => `${characters.join('')}_${digest}${ending}`
  while (Buffer.byteLength(result()) > LONGEST_NAME) characters.pop()
  return result()
}
