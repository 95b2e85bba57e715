import type { BodyStatement, Verb } from '../catalog/reach/body-facts.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import { callFunction } from './call-function.ts'
import { resolveFunction, resolveRelation } from './resolve-names.ts'
import type { RoadMap } from './road-map.ts'
import type { Actor, Edge, RoadCommand } from './road-state.ts'

interface Running {
  readonly code: Pick<ReachFunction, 'settings' | 'owner'>
  readonly actor: Actor
  readonly map: RoadMap
  readonly row?: ReachRelation
  /** Names were looked up when it was made: no USAGE is asked for when it runs. */
  readonly isResolved?: boolean
}

/** The relations that the statements of a body use, and the functions they call. */
export function edgesOfStatements(statements: readonly BodyStatement[], running: Running): Edge[] {
  return statements.flatMap((statement) => [
    ...relationsOf(statement, running),
    ...callsOf(statement, running),
  ])
}

const COMMAND: Readonly<Record<Verb, RoadCommand>> = {
  read: 'select',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  truncate: 'truncate',
  define: 'define',
}

const WORDS: Readonly<Record<Verb, string>> = {
  read: 'reads',
  insert: 'inserts into',
  update: 'updates',
  delete: 'deletes from',
  truncate: 'truncates',
  define: 'alters or drops',
}

function relationsOf(statement: BodyStatement, { code, actor, map }: Running): Edge[] {
  return statement.relations.flatMap((named) => {
    const { found, isUnsure } = resolveRelation(named, code, map.index)
    return found.map((relation): Edge => {
      const name = qualifiedName(relation)
      return {
        stop: { kind: 'relation', relation, command: COMMAND[named.verb], statement },
        actor: { ...actor, as: actor.as },
        step: `${WORDS[named.verb]} ${name}`,
        doubt: named.isInString
          ? `its name stands in a string that is run as SQL (at ${named.at})`
          : isUnsure
            ? `the search_path decides which ${named.name} is meant`
            : undefined,
      }
    })
  })
}

function callsOf(statement: BodyStatement, running: Running): Edge[] {
  const { code, actor, map, row, isResolved = false } = running
  return statement.calls.flatMap((named) => {
    const { found, isUnsure } = resolveFunction(named, code, map.index)
    return found.flatMap((fn) =>
      callFunction(
        fn,
        {
          actor,
          asked: actor.user,
          words: 'executes',
          doubt: isUnsure ? `the search_path decides which ${named.name} is meant` : undefined,
          closed:
            isResolved || map.rights.use(actor.user, fn.schema)
              ? undefined
              : `${actor.user} has no USAGE of schema ${fn.schema}`,
          ...(row && { row }),
        },
        map,
      ),
    )
  })
}
