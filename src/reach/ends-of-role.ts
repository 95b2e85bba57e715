import { identifier } from '../sql/quote.ts'
import type { RoadMap } from './road-map.ts'
import type { End, RoadCommand, State, Stop } from './road-state.ts'

/** What a role that the login becomes may do to tenant tables without naming a row of them. */
export function endsOfRole(
  { role }: Extract<Stop, { kind: 'role' }>,
  state: State,
  map: RoadMap,
): End[] {
  const { crossing, closed } = state
  if (!crossing) return []
  const attributes = map.graph.find(role)
  return map.tenancy.tenantRelations.flatMap((relation): End[] => {
    const schema = map.index.schema(relation.schema)
    const because = attributes?.superuser
      ? 'a superuser'
      : map.rights.owns(role, relation)
        ? 'the owner'
        : schema && map.rights.owns(role, schema)
          ? `the owner of schema ${identifier(relation.schema)}`
          : undefined
    if (because === undefined) return []
    const isSuperuser = attributes?.superuser ?? false
    const commands: readonly RoadCommand[] = isSuperuser ? EVERYTHING : ['define']
    return commands.map((command) => ({
      state,
      crossing,
      closed,
      relation,
      because,
      command,
      isSuperuser,
      kind: 'rows',
      doubt: undefined,
      isNarrow: false,
    }))
  })
}

const EVERYTHING: readonly RoadCommand[] = ['select', 'insert', 'update', 'delete']
