import type { Crossing } from '../../reach/road-state.ts'
import { qualifiedName } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { roadMap } from './roads.ts'

/** The object of a finding about roads: the one that has to be changed. */
export function crossingObject(crossing: Crossing, context: CheckContext): string {
  switch (crossing.kind) {
    case 'role':
      return crossing.becoming.role
    case 'function':
    case 'trigger':
    case 'event trigger':
      return crossing.fn.signature
    case 'view':
    case 'rule':
    case 'relation':
      return qualifiedName(crossing.relation)
    case 'key': {
      const child = roadMap(context)?.index.relations.get(crossing.key.child)
      return child ? qualifiedName(child) : crossing.key.name
    }
  }
}
