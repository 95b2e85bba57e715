import type { ReachFunction } from '../catalog/reach/reach-facts.ts'
import { isAtLeast } from '../config/level.ts'
import { qualifiedName } from '../sql/quote.ts'
import { grouped } from '../util/grouped.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { pinSearchPath, pinsSearchPath } from './facts/functions.ts'
import { revokeExecuteFromApp } from './facts/revoke-from-app.ts'
import { type CutRoads, cutRoads } from './facts/roads.ts'
import { decision } from './facts/statements.ts'

export const triggerSecurityDefiner: Check = defineCheck(
  {
    id: 'trigger-security-definer',
    level: 'medium',
    title: 'A trigger runs with the rights of another role',
    why:
      'Its function has the rights of its owner, which row security may not hold: whenever a row is ' +
      'written, it can read and write every tenant.',
    link: 'https://www.postgresql.org/docs/current/sql-createtrigger.html',
    broken: `create function public.log_event() returns trigger language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as 'begin return null; end';
create trigger log_event after insert on public.events
  for each row execute function public.log_event()`,
    fixed: 'alter function public.log_event() security invoker',
  },
  (context) => {
    const leading = roads(context)
    const known = new Set(leading.map(({ object }) => object))
    return [...leading, ...contained(context, known)]
  },
)

/** Those that reach rows of every tenant, on whatever table the trigger is, or could be. */
function roads(context: CheckContext): Problem[] {
  const cuts = cutRoads(
    context,
    ({ crossing, kind }) =>
      crossing.kind === 'trigger' && ['rows', 'stored', 'anything'].includes(kind),
  )
  return [...grouped(cuts, functionOf).values()].flatMap((ofFunction) => {
    const { road, level, summary } = ofFunction.reduce((a, b) => (isWorse(b, a) ? b : a))
    if (road.crossing.kind !== 'trigger') return []
    const { fn } = road.crossing
    return {
      object: fn.signature,
      level,
      summary,
      road: road.steps,
      fix: [ownTriggers(fn, context), fixOf(fn, context)].join('\n'),
      evidence: fn.bodyHash,
    }
  })
}

function functionOf({ road: { crossing, login } }: CutRoads): string {
  return crossing.kind === 'trigger' ? `${login} ${crossing.fn.id}` : ''
}

// The trigger that is there says more than one that could be made.
function isWorse(a: CutRoads, b: CutRoads): boolean {
  const isMade = ({ road: { crossing } }: CutRoads) =>
    crossing.kind === 'trigger' && crossing.isMade
  if (a.level !== b.level) return isAtLeast(a.level, b.level)
  return !isMade(a) && isMade(b) === true
}

// A trigger fires without it.
function ownTriggers(fn: ReachFunction, context: CheckContext): string {
  return decision(
    'EXECUTE lets a role make a trigger of the function, on a table of its own and with rows that it likes. Triggers that are there need it of no role:',
    `  ${revokeExecuteFromApp(fn, context)}`,
  )
}

/** Those on tenant tables of which no road leads further: they write a log, and are to be kept in sight. */
function contained(context: CheckContext, known: ReadonlySet<string>): Problem[] {
  const { snapshot } = context
  // A partition has the triggers of its parent.
  const roots = checkedTables(context).filter(({ isChild }) => !isChild)
  return roots.flatMap(({ relation }) =>
    relation.triggers.flatMap((trigger) => {
      const fn = snapshot.functions.find(({ signature }) => signature === trigger.function)
      if (trigger.isInternal || !fn?.securityDefiner || known.has(fn.signature)) return []
      return {
        object: qualifiedName(relation),
        level: pinsSearchPath(fn) && snapshot.reach ? ('low' as const) : ('medium' as const),
        summary: `Trigger ${trigger.name} runs as ${fn.owner}.`,
        fix: fixOf(fn, context),
        evidence: fn.bodyHash,
      }
    }),
  )
}

function fixOf(fn: Parameters<typeof pinSearchPath>[0], context: CheckContext): string {
  return decision(
    'If the roles that write the table may do all that its body does:',
    `  alter function ${fn.signature} security invoker`,
    'If not, let it run as a role that row security holds and that has only the privileges it needs:',
    `  alter function ${fn.signature} owner to …`,
    `  ${pinSearchPath(fn, context)}`,
  )
}
