import { LEVELS, type Level } from '../config/level.ts'
import { grouped } from '../util/grouped.ts'
import type { Road } from './road.ts'
import { roadLevel } from './road-level.ts'
import type { RoadMap } from './road-map.ts'
import type { End } from './road-state.ts'
import { roadSteps } from './road-steps.ts'
import { crossingKey, walk } from './walk.ts'

export interface Roads {
  /** For each place where they can be cut the shortest of the worst, for each table and command. */
  readonly roads: readonly Road[]
  /** The logins whose roads were not followed to the end. */
  readonly givenUp: readonly string[]
}

/** Every road from the logins of the application to rows of another tenant. */
export function findRoads(map: RoadMap, options: { readonly withClosed?: boolean } = {}): Roads {
  const { appRoles } = map.context.wanted
  const walks = appRoles
    .filter((login) => !map.graph.find(login)?.superuser)
    .map((login) => ({ login, ...walk(login, map, options) }))
  return {
    roads: walks.flatMap(({ login, ends }) => roadsOf(login, ends, map)),
    givenUp: walks.flatMap(({ login, givenUpAfter }) => (givenUpAfter === undefined ? [] : login)),
  }
}

function roadsOf(login: string, ends: readonly End[], map: RoadMap): Road[] {
  const groups = grouped(
    ends.map((end) => ({ end, level: roadLevel(end, map) })),
    ({ end }) => `${crossingKey(end.crossing)} ${end.relation.id} ${end.command}`,
  )
  return [...groups.values()].map((found) => {
    const { end, level } = found.reduce((best, other) => (isWorse(other, best) ? other : best))
    const { crossing, kind, relation, command, doubt, closed, isNarrow } = end
    return {
      login,
      crossing,
      kind,
      relation,
      command,
      level,
      doubt,
      closed,
      isNarrow,
      key: crossingKey(crossing),
      steps: roadSteps(login, end),
    }
  })
}

interface RatedEnd {
  readonly end: End
  readonly level: Level
}

// They come in the order of their length.
function isWorse(a: RatedEnd, b: RatedEnd): boolean {
  const isOpen = ({ end }: RatedEnd) => Number(end.closed === undefined)
  if (isOpen(a) !== isOpen(b)) return isOpen(a) > isOpen(b)
  return LEVELS.indexOf(a.level) < LEVELS.indexOf(b.level)
}
