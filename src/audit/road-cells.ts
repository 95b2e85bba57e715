import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { Finding } from '../checks/check.ts'
import type { CheckContext } from '../checks/facts/context.ts'
import { openRoads, roadMap } from '../checks/facts/roads.ts'
import { isAtLeast } from '../config/level.ts'
import type { Road } from '../reach/road.ts'
import type { RoadMap } from '../reach/road-map.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { Command, Isolation } from './isolation.ts'

/** The cells that roads open, or that they may: `select public.projects`. */
export function roadCells(context: CheckContext): ReadonlyMap<string, Isolation> {
  const cells = new Map<string, Isolation>()
  const map = roadMap(context)
  if (!map) return cells
  for (const road of openRoads(context).roads) {
    const isolation = isolationBy(road)
    if (isolation === 'isolated') continue
    for (const table of tablesOf(road, map)) {
      for (const command of commandsOf(road)) {
        const key = `${command} ${qualifiedName(table)}`
        if (cells.get(key) !== 'hole') cells.set(key, isolation)
      }
    }
  }
  return cells
}

function isolationBy({ level, kind }: Road): Isolation {
  if (!isAtLeast(level, 'medium')) return 'isolated'
  return isAtLeast(level, 'high') && kind !== 'data' ? 'hole' : 'unknown'
}

const EVERY: readonly Command[] = ['select', 'insert', 'update', 'delete']

function commandsOf({ kind, command }: Road): readonly Command[] {
  if (kind === 'anything' || command === 'define') return EVERY
  return command === 'truncate' ? ['delete'] : [kind === 'data' ? 'select' : command]
}

/** A table, and the partitions and parents that hold the same rows; of a copy the table that it is made of. */
function tablesOf({ relation, kind }: Road, map: RoadMap): ReachRelation[] {
  const copied = map.copied.get(relation)
  const [table] = kind === 'data' ? (copied ? [copied.source] : []) : [relation]
  if (!table) return []
  const isTenant = (other: ReachRelation) => map.tenancy.standingOf(other) === 'tenant'
  return [...parentsOf(table, map), ...map.index.familyOf(table)].filter(isTenant)
}

function parentsOf({ parents }: ReachRelation, map: RoadMap): ReachRelation[] {
  return parents.flatMap((id) => {
    const parent = map.index.relations.get(id)
    return parent ? [parent, ...parentsOf(parent, map)] : []
  })
}

/** They lead to rows past every table, so that no cell is proven. */
const PAST_EVERY_TABLE: ReadonlySet<string> = new Set([
  'app-role-predefined',
  'app-role-replication',
  'catalog-readable',
  'closed-function-executable',
  'event-trigger-sets-tenant',
  'fdw-user-mapping',
  'function-sets-tenant-setting',
  'function-untrusted-language',
  'parameter-settable',
  'tenant-cast-user-defined',
])

export function leadsPastEveryTable({ check, level }: Finding): boolean {
  return PAST_EVERY_TABLE.has(check) && isAtLeast(level, 'medium')
}

/** Findings about one table that leave its cells unproven. */
export function isUncertainBy({ check }: Finding): boolean {
  return check === 'tenant-column-collation' || check === 'notification-carries-rows'
}
