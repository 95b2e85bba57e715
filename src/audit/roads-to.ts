import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config } from '../config/config.ts'
import type { Level } from '../config/level.ts'
import { catalogMismatch } from '../errors/command/catalog.ts'
import { findRoads } from '../reach/find-roads.ts'
import { createRoadMap } from '../reach/road-map.ts'
import { qualifiedName } from '../sql/quote.ts'
import { parseTableName } from '../sql/table-name.ts'
import { resolveWanted } from '../wanted/resolve-wanted.ts'

/** A road to a table, be it open or closed. */
export interface RoadTo {
  readonly level: Level
  /** The login first, the table last. */
  readonly steps: readonly string[]
  /** Why it only may lead there. */
  readonly doubt: string | null
  /** The fact that closes it; null while it is open. */
  readonly closed: string | null
}

/**
 * All roads from the logins of the application to a table, the open ones first.
 *
 * @throws `CATALOG.MISMATCH` when there is no such table, or the snapshot holds no roads
 */
export function roadsTo(snapshot: Snapshot, config: Config, table: string): RoadTo[] {
  const { reach } = snapshot
  if (!reach) throw catalogMismatch(['The snapshot does not hold what leads to rows.'])
  const wanted = resolveWanted(config, snapshot, { allowMistyped: true })
  const name = parseTableName(table)
  const schemas = name?.schema === undefined ? config.schemas : [name.schema]
  const relation = reach.relations.find(
    (candidate) => candidate.name === name?.name && schemas.includes(candidate.schema),
  )
  if (!relation) throw catalogMismatch([`Table ${table} is missing.`])

  const map = createRoadMap({ snapshot: { ...snapshot, reach }, wanted })
  const meant = qualifiedName(relation)
  return findRoads(map, { withClosed: true })
    .roads.filter((road) => qualifiedName(road.relation) === meant)
    .map(({ level, steps, doubt = null, closed = null }) => ({ level, steps, doubt, closed }))
    .sort((a, b) => Number(a.closed !== null) - Number(b.closed !== null))
}
