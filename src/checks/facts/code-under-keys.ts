import type { KeyAction, ReachFunction, ReachRelation } from '../../catalog/reach/reach-facts.ts'
import { codeBehind } from '../../reach/code-behind.ts'
import type { RoadMap } from '../../reach/road-map.ts'
import type { FreeRole } from './free-roles.ts'

interface CodeUnderKey {
  readonly fn: ReachFunction
  /** As whom it runs. */
  readonly owner: string
  readonly key: string
}

const QUEUEING_ROLE = 180000

/** The functions that are no SECURITY DEFINER and run as the owner of a table by the action of a foreign key. */
export function codeUnderKeys(map: RoadMap, roles: readonly FreeRole[]): CodeUnderKey[] {
  const found = map.context.snapshot.reach.keyActions.flatMap((key): CodeUnderKey[] => {
    const [child, parent] = [key.child, key.parent].map((id) => map.index.relations.get(id))
    const commands = commandsOf(key)
    const isSetOff = commands.some(({ by }) =>
      roles.some(
        ({ role }) =>
          parent && map.rights.use(role, parent.schema) && map.rights.may(role, by, parent),
      ),
    )
    if (!child || !isSetOff || roles.some(({ role }) => map.rights.owns(role, child))) return []
    const does = commands.map((command) => command.does)
    return triggerFunctions(child, does, map)
      .flatMap((fn) => (fn.securityDefiner ? [] : codeBehind(fn, map.index)))
      .filter(({ securityDefiner, isAtomic }) => !securityDefiner && !isAtomic)
      .map((fn) => ({ fn, owner: child.owner, key: key.name }))
  })
  return [...new Map(found.map((code) => [code.fn.id, code])).values()]
}

function commandsOf({ onDelete, onUpdate }: KeyAction): { by: string; does: string }[] {
  return [
    ...(onDelete ? [{ by: 'DELETE', does: onDelete === 'cascade' ? 'delete' : 'update' }] : []),
    ...(onUpdate ? [{ by: 'UPDATE', does: 'update' }] : []),
  ]
}

// Up to 17 an AFTER trigger runs as who began.
function triggerFunctions(
  child: ReachRelation,
  does: readonly string[],
  map: RoadMap,
): ReachFunction[] {
  return map.index
    .familyOf(child)
    .flatMap(({ id }) => map.index.triggersOn(id))
    .filter(
      ({ isEnabled, isBefore, commands }) =>
        isEnabled &&
        (isBefore || map.graph.serverVersion >= QUEUEING_ROLE) &&
        commands.some((command) => does.includes(command)),
    )
    .flatMap((trigger) => map.index.functions.get(trigger.function) ?? [])
}
