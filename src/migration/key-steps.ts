import { indexBody } from '../catalog/index-body.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { onTable } from './build-index.ts'
import { constraintText, indexExtras, inTablespace, planIndexExtras } from './index-extras.ts'
import type { Step } from './step.ts'
import type { GlobalKey } from './unique-keys.ts'

/** For the name of an index: an expression has none. */
export function namedColumns({ entry, index }: GlobalKey): string[] {
  return [entry.table.column, ...index.columns.map((column) => column ?? 'expr')]
}

export function hazardOf({ index }: GlobalKey): Pick<Step, 'hazard' | 'downHazard'> {
  const keys = index.keys.join(', ')
  return {
    hazard: `Two tenants may have the same (${keys}) from here on; \`on conflict (${keys})\` is refused, and what names no tenant finds no index. To keep a key: \`globalKeys\` in the config.`,
    downHazard:
      'Fails when two tenants have the same value by then; reads the table while no other statement does.',
  }
}

export function drop(key: GlobalKey): Step {
  const { entry, index } = key
  const { schema, name } = entry.table
  const table = qualifiedName({ schema, name })
  const constraint = index.constraint === null ? undefined : identifier(index.constraint)
  return {
    table: { schema, name },
    lock: 'access exclusive',
    ...hazardOf(key),
    why: 'Its successor is there: the values are unique for each tenant.',
    outcome: `${index.constraint ?? index.name} replaced`,
    up: constraint
      ? `alter table ${table} drop constraint ${constraint}`
      : `drop index ${qualifiedName({ schema, name: index.name })}`,
    down: [
      constraint
        ? `alter table ${table} add constraint ${constraint} ${constraintText(index)}`
        : createOld(key),
      ...extrasOfOld(key),
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

/** The statements that give the old key, which is there again, what it had beside its definition. */
export function extrasOfOld({ entry, index }: GlobalKey): string[] {
  const { name } = index
  return indexExtras(index, { table: entry.table, name, constraint: index.constraint ?? undefined })
}

/** The steps that give them to its successor when that has its name. */
export function extrasOfSuccessor({ entry, index }: GlobalKey): Step[] {
  const { name } = index
  const constraint = index.constraint ?? undefined
  return planIndexExtras(index, { table: entry.table, name, constraint, shift: 1 })
}

function createOld(key: GlobalKey): string {
  const { entry, index } = key
  const body = inTablespace(oldBody(key), index)
  return `create unique index ${onTable(entry.table, { name: index.name, body })}`
}

export function oldBody({ entry, index }: GlobalKey): string {
  return indexBody(index, entry.relation) ?? ''
}
