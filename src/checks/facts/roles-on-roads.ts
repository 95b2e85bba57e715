import type { Becoming } from '../../reach/become.ts'
import type { Result } from '../check.ts'
import type { CheckContext } from './context.ts'
import { cutRoads } from './roads.ts'

/** The roles that a login becomes on a road, with the worst road of each. */
export function rolesOnRoads(
  login: string,
  ways: readonly Becoming['how'][],
  context: CheckContext,
): (Omit<Result, 'fix'> & { readonly role: string })[] {
  return cutRoads(
    context,
    ({ crossing, login: from }) =>
      from === login && crossing.kind === 'role' && ways.includes(crossing.becoming.how),
  ).flatMap(({ road, level, summary }) =>
    road.crossing.kind === 'role'
      ? { role: road.crossing.becoming.role, level, summary, road: road.steps }
      : [],
  )
}
