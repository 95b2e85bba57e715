import { identifier, qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { roadCheck } from './facts/road-check.ts'

export const ruleReachesTenants: Check = roadCheck(
  {
    id: 'rule-reaches-tenants',
    level: 'high',
    title: 'A rule does to rows of every tenant what the application may not',
    why:
      'The actions of a rule run with the rights and under the policies of the owner of its table or ' +
      'view, also where the view is security_invoker.',
    link: 'https://www.postgresql.org/docs/current/rules-privileges.html',
    broken: `create rule rename_all as on update to public.countries
  do also update public.projects set name = new.code`,
    fixed: 'drop rule rename_all on public.countries',
  },
  ({ crossing, kind }) => crossing.kind === 'rule' && kind !== 'data',
  ({ road: { crossing } }) => {
    if (crossing.kind !== 'rule') return
    const table = qualifiedName(crossing.relation)
    return { object: table, fix: `drop rule if exists ${identifier(crossing.name)} on ${table}` }
  },
)
