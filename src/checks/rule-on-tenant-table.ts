import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { decision } from './facts/statements.ts'

export const ruleOnTenantTable: Check = tableCheck(
  {
    id: 'rule-on-tenant-table',
    level: 'medium',
    title: 'A rule rewrites statements on a tenant table',
    why: 'The statements of a rule run with the rights of the owner of the table.',
    link: 'https://www.postgresql.org/docs/current/rules-privileges.html',
    broken: 'create rule keep as on delete to public.events do instead nothing',
    fixed: 'drop rule keep on public.events',
  },
  ({ relation }) => {
    if (relation.rules.length === 0) return
    return {
      summary: `It has the rules ${relation.rules.join(', ')}.`,
      fix: decision(
        'The statements of the application do something else without a rule. Write a trigger or a policy in its place, then:',
        ...relation.rules.map(
          (rule) => `  drop rule ${identifier(rule)} on ${qualifiedName(relation)}`,
        ),
      ),
    }
  },
)
