import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { hasIntactFloor } from './facts/policies.ts'
import { decision } from './facts/statements.ts'

export const triggerRewritesTenant: Check = tableCheck(
  {
    id: 'trigger-rewrites-tenant',
    level: 'medium',
    title: 'A trigger sets the tenant of a row',
    why:
      'The policies see the row after the trigger: they still hold, but a row that was written for ' +
      'the wrong tenant silently becomes one of the right tenant.',
    link: 'https://www.postgresql.org/docs/current/trigger-definition.html',
    broken: `create function public.set_tenant() returns trigger language plpgsql
  as 'begin new.tenant_id := old.tenant_id; return new; end';
create trigger set_tenant before update on public.events
  for each row execute function public.set_tenant()`,
    fixed: 'drop trigger set_tenant on public.events',
  },
  (state, context) => {
    const { table, relation, isChild } = state
    // A partition has the triggers of its parent.
    if (isChild) return
    return relation.triggers
      .filter(({ isInternal, isBeforeRow }) => !isInternal && isBeforeRow)
      .filter(({ assigns }) => assigns.includes(table.column.toLowerCase()))
      .map(({ name }) => ({
        level: hasIntactFloor(state, context) ? 'low' : 'medium',
        summary: `Trigger ${name} sets ${identifier(table.column)}.`,
        fix: decision(
          `The default of ${identifier(table.column)} and the policies set and check the tenant.`,
          `If the trigger does no more than that: drop trigger ${identifier(name)} on ${qualifiedName(relation)}`,
          'If it does more, take the assignment out of its function.',
        ),
      }))
  },
)
