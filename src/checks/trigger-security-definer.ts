import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { pinSearchPath, pinsSearchPath } from './facts/functions.ts'
import { cutRoads } from './facts/roads.ts'
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

/** Those that reach rows of every tenant, on whatever table the trigger is. */
function roads(context: CheckContext): Problem[] {
  return cutRoads(
    context,
    ({ crossing, kind }) =>
      crossing.kind === 'trigger' && ['rows', 'stored', 'anything'].includes(kind),
  ).flatMap(({ road: { crossing, steps }, level, summary }) => {
    if (crossing.kind !== 'trigger') return []
    const { fn } = crossing
    return {
      object: fn.signature,
      level,
      summary,
      road: steps,
      fix: fixOf(fn, context),
      evidence: fn.bodyHash,
    }
  })
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
