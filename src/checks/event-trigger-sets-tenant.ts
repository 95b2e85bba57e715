import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { roadMap } from './facts/roads.ts'

const ALSO: readonly string[] = ['role', 'session_authorization', 'row_security', '*']

export const eventTriggerSetsTenant: Check = defineCheck(
  {
    id: 'event-trigger-sets-tenant',
    level: 'high',
    title: 'An event trigger gives connections a tenant or a role',
    why:
      'It runs in every session, a login trigger before the first statement: what is set there is set ' +
      'for statements without a tenant, which are then not refused.',
    link: 'https://www.postgresql.org/docs/current/event-trigger-definition.html',
    broken: `create function public.choose() returns event_trigger language plpgsql as $$
begin
  perform set_config('app.tenant_id', '00000000-0000-4000-8000-000000000001', false);
end $$;
create event trigger choose on ddl_command_end execute function public.choose()`,
    fixed: 'drop event trigger choose',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const names = [context.wanted.setting.toLowerCase(), ...ALSO]
    return (map?.context.snapshot.reach.eventTriggers ?? []).flatMap((trigger) => {
      const fn = map?.index.functions.get(trigger.function)
      const sets = [...new Set(fn?.body.sets.map(({ name }) => name))].filter((name) =>
        names.includes(name),
      )
      if (!fn || !trigger.isEnabled || sets.length === 0) return []
      return {
        object: fn.signature,
        summary: `Event trigger ${trigger.name} (${trigger.event}) calls it, and it sets ${sets.join(', ')}.`,
        fix: `alter event trigger ${identifier(trigger.name)} disable`,
        evidence: fn.bodyHash,
      }
    })
  },
)
