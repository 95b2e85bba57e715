import { identifier, qualifiedName } from '../sql/quote.ts'
import { buildConcurrently, onTable } from './build-index.ts'
import type { Change } from './change.ts'
import { type KeyContext, usersOfSuccessor } from './key-users.ts'
import { lookForDuplicates } from './plan-duplicates.ts'
import { planPartitionedKey } from './plan-partitioned-key.ts'
import type { Step } from './step.ts'
import { bodyOf, constraintUsing, type GlobalKey } from './unique-keys.ts'

/**
 * Lets each tenant have its own values: the successor of a unique key has the tenant in front. It is
 * built while the old one still holds, so that nothing can be twice, and takes its name.
 */
export function planUniqueKey(key: GlobalKey, context: KeyContext): Change {
  const { schema, name } = key.entry.table
  const change: Omit<Change, 'steps'> = {
    ...{ part: 'unique-keys', table: { schema, name } },
    problem: key.problem,
  }
  if (key.obstacle !== undefined) return { ...change, obstacle: key.obstacle, steps: {} }
  const { relation } = key.entry
  return {
    ...change,
    steps:
      relation.kind === 'partitioned table'
        ? planPartitionedKey(key, context)
        : planPlainKey(key, context),
    ...(key.index.predicate === null && { indexes: { schema, name } }),
  }
}

function planPlainKey(key: GlobalKey, context: KeyContext): Change['steps'] {
  const { entry, index, body, twin } = key
  const hasTwin = twin?.isValid === true
  if (hasTwin && !index.isPrimary) return { keys: [drop(key)] }
  // A twin that has a constraint stays what it is: a foreign key may use it.
  const successor =
    twin && twin.constraint === null
      ? twin.name
      : context.names(entry.table, namedColumns(key), 'key')
  const isBuilt = !(hasTwin && successor === twin.name)
  return {
    indexes: isBuilt
      ? [
          ...lookForDuplicates(key),
          ...buildConcurrently(entry.table, { name: successor, isUnique: true, body, why: WHY }),
        ]
      : [],
    keys:
      index.constraint === null
        ? [drop(key), rename(key, successor)]
        : [exchange(key, successor, context)],
  }
}

const WHY = 'The successor of a key that spans all tenants: what is unique, is so for each of them.'

/** For the name of an index: an expression has none. */
export function namedColumns({ entry, index }: GlobalKey): string[] {
  return [entry.table.column, ...index.columns.map((column) => column ?? 'expr')]
}

export function hazardOf({ index }: GlobalKey): Pick<Step, 'hazard' | 'downHazard'> {
  const keys = index.keys.join(', ')
  return {
    hazard: `Two tenants may have the same (${keys}) from here on; \`on conflict (${keys})\` is refused, and what names no tenant finds no index. To keep a key: \`globalKeys\` in the config.`,
    downHazard:
      'Fails when two tenants have the same value by then; reads the table while nobody else does.',
  }
}

function drop(key: GlobalKey): Step {
  const { entry, index } = key
  const { schema, name } = entry.table
  const table = qualifiedName({ schema, name })
  const constraint = index.constraint === null ? undefined : identifier(index.constraint)
  return {
    ...{ table: { schema, name }, lock: 'access exclusive', ...hazardOf(key) },
    why: 'Its successor is there: the values are unique for each tenant.',
    up: constraint
      ? `alter table ${table}\n  drop constraint ${constraint}`
      : `drop index ${qualifiedName({ schema, name: index.name })}`,
    down: [
      constraint
        ? `alter table ${table}\n  add constraint ${constraint} ${index.constraintDefinition}`
        : `create unique index ${onTable(entry.table, { name: index.name, body: oldBody(key) })}`,
    ],
  }
}

export function rename({ entry, index }: GlobalKey, successor: string): Step {
  const { schema, name } = entry.table
  const to = (from: string, name: string) =>
    `alter index ${qualifiedName({ schema, name: from })} rename to ${identifier(name)}`
  return {
    table: { schema, name },
    why: 'It takes the name of the old one, by which the application may know it.',
    up: to(successor, index.name),
    down: [to(index.name, successor)],
    lock: 'none',
  }
}

export function oldBody({ entry, index }: GlobalKey): string {
  return bodyOf(index, entry.relation) ?? ''
}

// One statement: without a primary key between the two, replicas would not know which row is meant.
function exchange(key: GlobalKey, successor: string, context: KeyContext): Step {
  const { entry, index, body } = key
  const { schema, name } = entry.table
  const table = qualifiedName({ schema, name })
  const constraint = identifier(index.constraint ?? '')
  const { drops, adds } = usersOfSuccessor(key, context)
  return {
    ...{ table: { schema, name }, lock: 'access exclusive', ...hazardOf(key) },
    why: 'The successor takes the place of the old key, and its name.',
    up: `alter table ${table}\n  drop constraint ${constraint},\n  add constraint ${constraint} ${constraintUsing(successor, key)}`,
    down: [
      ...drops,
      `alter table ${table}\n  drop constraint ${constraint},\n  add constraint ${constraint} ${index.constraintDefinition}`,
      `create unique index ${onTable(entry.table, { name: successor, body })}`,
      ...adds,
    ],
  }
}
