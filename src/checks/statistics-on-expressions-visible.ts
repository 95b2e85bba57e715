import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { statements } from './facts/statements.ts'

export const statisticsOnExpressionsVisible: Check = tableCheck(
  {
    id: 'statistics-on-expressions-visible',
    level: 'info',
    title: 'Extended statistics keep samples of all tenants',
    why:
      'The planner estimates from the rows of every tenant: EXPLAIN tells one tenant whether another ' +
      'one has a value often.',
    link: 'https://www.postgresql.org/docs/current/planner-stats.html#PLANNER-STATS-EXTENDED',
    broken: 'create statistics public.project_names on tenant_id, name from public.projects',
    fixed: 'drop statistics public.project_names',
  },
  ({ relation }) => {
    if (relation.statistics.length === 0) return
    const names = relation.statistics.map(qualifiedName)
    return {
      summary: `It has the statistics ${names.join(', ')}.`,
      fix: statements(names.map((name) => `drop statistics if exists ${name}`)),
    }
  },
)
