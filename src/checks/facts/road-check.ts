import type { Road } from '../../reach/road.ts'
import { type Check, defineCheck, type Problem } from '../check.ts'
import type { CheckContext } from './context.ts'
import { type CutRoads, cutRoads, openRoads } from './roads.ts'

type Description = Omit<Check, 'detect' | 'doubts' | 'needs'>

/** A problem without what the road says itself. */
type Found = Pick<Problem, 'object' | 'fix'> & Partial<Problem>

/**
 * A check that picks roads: one problem for each place where they can be cut. It cannot look at a snapshot
 * that holds none.
 */
export function roadCheck(
  description: Description,
  isMeant: (road: Road, context: CheckContext) => boolean,
  problem: (cut: CutRoads, context: CheckContext) => Found | undefined,
): Check {
  return {
    ...defineCheck({ ...description, needs: 'roads' }, (context) =>
      cutRoads(context, (road) => isMeant(road, context)).flatMap((cut) => {
        const found = problem(cut, context)
        if (!found) return []
        const { level, summary, road } = cut
        return { level, summary, road: road.steps, ...found }
      }),
    ),
    doubts: (context) =>
      openRoads(context).givenUp.map((login) => ({
        object: login,
        reason: 'there are more roads than were followed',
      })),
  }
}
