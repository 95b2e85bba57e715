import { type Check, tableCheck } from './check.ts'
import { pinSearchPath, pinsSearchPath } from './facts/functions.ts'
import { isUnbound } from './facts/roles.ts'
import { decision } from './facts/statements.ts'

export const triggerSecurityDefiner: Check = tableCheck(
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
  ({ relation, isChild }, context) => {
    const { snapshot } = context
    // A partition has the triggers of its parent.
    if (isChild) return
    return relation.triggers.flatMap((trigger) => {
      const fn = snapshot.functions.find(({ signature }) => signature === trigger.function)
      if (trigger.isInternal || !fn?.securityDefiner) return []
      // A function of an owner that row security holds can do no more than write a log.
      const isContained = pinsSearchPath(fn) && !isUnbound(snapshot, fn.owner, relation)
      return {
        level: isContained ? 'low' : 'medium',
        summary: `Trigger ${trigger.name} runs as ${fn.owner}.`,
        fix: decision(
          'If the roles that write the table may do all that its body does:',
          `  alter function ${fn.signature} security invoker`,
          'If not, let it run as a role that row security holds and that has only the privileges it needs:',
          `  alter function ${fn.signature} owner to …`,
          `  ${pinSearchPath(fn, context)}`,
        ),
        evidence: fn.bodyHash,
      }
    })
  },
)
