import type { ReachFunction, ReachTrigger } from '../catalog/reach/reach-facts.ts'
import { codeBehind, takenColumns, tellsLittle } from '../reach/code-behind.ts'
import type { RoadMap } from '../reach/road-map.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { roadMap } from './facts/roads.ts'

export const notificationCarriesRows: Check = defineCheck(
  {
    id: 'notification-carries-rows',
    level: 'medium',
    title: 'A trigger sends rows of tenants to every listener',
    why:
      'A notification has neither privileges nor policies: every role that may connect listens to any ' +
      'channel, and so does the connection of another tenant.',
    link: 'https://www.postgresql.org/docs/current/sql-notify.html',
    broken: `create function public.tell() returns trigger language plpgsql
  as 'begin perform pg_notify(''projects'', row_to_json(new)::text); return new; end';
create trigger tell after insert on public.projects for each row execute function public.tell()`,
    fixed: 'drop trigger tell on public.projects',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    return (map?.tenancy.tenantRelations ?? []).flatMap((relation) =>
      (map?.index.triggersOn(relation.id) ?? []).flatMap((trigger) => {
        const fn = map?.index.functions.get(trigger.function)
        const sent = map && fn && trigger.isEnabled ? sentBy(fn, trigger, map) : []
        if (!fn || sent.length === 0) return []
        const what = sent.includes('*') ? 'whole rows' : sent.join(', ')
        return {
          object: qualifiedName(relation),
          summary: `Trigger ${trigger.name} calls ${fn.signature}, which may send ${what}.`,
          fix: '-- Send the key of the row alone: each listener then reads it under its own policies.',
          evidence: fn.bodyHash,
        }
      }),
    )
  },
)

/** The trigger function sends them, or hands them to a function that does. */
function sentBy(fn: ReachFunction, trigger: ReachTrigger, { index }: RoadMap): readonly string[] {
  const { notifies } = fn.body
  if (notifies && !trigger.hasTransitions) return notifies.filter((column) => !tellsLittle(column))
  const isSent = codeBehind(fn, index).some(({ body }) => body.notifies !== null)
  return isSent ? takenColumns(fn, trigger) : []
}
