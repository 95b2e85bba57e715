import { identifier, qualifiedName } from '../sql/quote.ts'
import { buildConcurrently, onTable } from './build-index.ts'
import { constraintText, indexExtras, inTablespace } from './index-extras.ts'
import type { KeyContext } from './key-context.ts'
import {
  drop,
  extrasOfOld,
  extrasOfSuccessor,
  hazardOf,
  namedColumns,
  rename,
} from './key-steps.ts'
import { usersOfSuccessor } from './key-users.ts'
import type { PartChange } from './part-change.ts'
import { lookForDuplicates } from './plan-duplicates.ts'
import { planPartitionedKey } from './plan-partitioned-key.ts'
import type { Step } from './step.ts'
import { constraintUsing, type GlobalKey } from './unique-keys.ts'

/**
 * Lets each tenant have its own values: the successor of a unique key has the tenant in front. It is
 * built while the old one still holds, so that no value can be there twice, and takes its name.
 */
export function planUniqueKey(key: GlobalKey, context: KeyContext): PartChange {
  const { schema, name } = key.entry.table
  const change: Omit<PartChange, 'steps'> = {
    part: 'unique-keys',
    table: { schema, name },
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

function planPlainKey(key: GlobalKey, context: KeyContext): PartChange['steps'] {
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
          ...buildConcurrently(entry.table, {
            name: successor,
            isUnique: true,
            body: inTablespace(body, index),
            why: WHY,
          }),
        ]
      : [],
    keys: [
      ...(index.constraint === null
        ? [drop(key), rename(key, successor)]
        : [exchange(key, successor, context)]),
      ...extrasOfSuccessor(key),
    ],
  }
}

const WHY = 'The successor of a key that spans all tenants: what is unique, is so for each of them.'

// One statement: without a primary key between the two, replicas would not know which row is meant.
function exchange(key: GlobalKey, successor: string, context: KeyContext): Step {
  const { entry, index, body, twin } = key
  const { schema, name } = entry.table
  const table = qualifiedName({ schema, name })
  const constraint = identifier(index.constraint ?? '')
  const { drops, adds } = usersOfSuccessor(key, context)
  return {
    table: { schema, name },
    lock: 'access exclusive',
    ...hazardOf(key),
    why: 'The successor takes the place of the old key, and its name.',
    outcome: `${index.constraint ?? index.name} replaced`,
    up: `alter table ${table} drop constraint ${constraint}, add constraint ${constraint} ${constraintUsing(successor, key)}`,
    down: [
      ...drops,
      `alter table ${table} drop constraint ${constraint}, add constraint ${constraint} ${constraintText(index)}`,
      ...extrasOfOld(key),
      `create unique index ${onTable(entry.table, { name: successor, body: inTablespace(body, twin ?? index) })}`,
      ...(twin ? indexExtras(twin, { table: entry.table, name: successor }) : []),
      ...adds,
    ],
  }
}
