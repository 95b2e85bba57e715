import { LEVELS, type Level } from '../../config/level.ts'
import { findRoads, type Roads } from '../../reach/find-roads.ts'
import type { Road } from '../../reach/road.ts'
import { createRoadMap, type RoadMap } from '../../reach/road-map.ts'
import { grouped } from '../../util/grouped.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'

/** Absent for a snapshot that holds no facts about roads. */
export const roadMap: (context: CheckContext) => RoadMap | undefined = once(
  ({ snapshot, wanted }) => {
    const { reach } = snapshot
    return reach && createRoadMap({ snapshot: { ...snapshot, reach }, wanted })
  },
)

const NO_ROADS: Roads = { roads: [], givenUp: [] }

export const openRoads: (context: CheckContext) => Roads = once((context) => {
  const map = roadMap(context)
  return map ? findRoads(map) : NO_ROADS
})

/** The roads of a login that are cut at one place. */
export interface CutRoads {
  /** The worst of them, and of those the shortest. */
  readonly road: Road
  readonly roads: readonly Road[]
  readonly level: Level
  /** The road in words, and what else it leads to. */
  readonly summary: string
}

/** One for each place where roads can be cut, however many tables they lead to. */
export function cutRoads(context: CheckContext, isMeant: (road: Road) => boolean): CutRoads[] {
  const meant = openRoads(context).roads.filter(isMeant)
  return [...grouped(meant, ({ key, login }) => JSON.stringify([login, key])).values()].map(
    (roads) => {
      const [first] = roads
      const road = roads.reduce((worst, other) => (isWorse(other, worst) ? other : worst), first)
      return { road, roads, level: road.level, summary: summaryOf(road, roads) }
    },
  )
}

function isWorse(a: Road, b: Road): boolean {
  return LEVELS.indexOf(a.level) < LEVELS.indexOf(b.level)
}

function summaryOf(road: Road, roads: readonly Road[]): string {
  const others = new Set(roads.map(({ relation }) => relation)).size - 1
  const more = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'table' : 'tables'}`
  return `${road.steps.join(' → ')}${more}${remark(road)}`
}

function remark({ doubt, isNarrow }: Road): string {
  if (isNarrow) return '. Its conditions name the tenant: read them.'
  return doubt === undefined ? '.' : `. It may: ${doubt}.`
}
