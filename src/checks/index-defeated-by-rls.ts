import { type Check, tableCheck } from './check.ts'

/** Up to this many rows the index on the tenant is enough. */
const SMALL = 5000

export const indexDefeatedByRls: Check = tableCheck(
  {
    id: 'index-defeated-by-rls',
    level: 'low',
    title: 'An index cannot serve conditions under row security',
    why:
      'A condition whose operator is not LEAKPROOF is evaluated after the policies: PostgreSQL never ' +
      'uses an index for it. This concerns numeric, enums, jsonb, arrays and most expressions.',
    link: 'https://www.postgresql.org/docs/current/rules-privileges.html',
    broken: `alter table public.events add column detail jsonb;
create index events_by_detail on public.events using gin (detail)`,
    fixed: 'drop index public.events_by_detail',
  },
  ({ table, relation: { indexes, estimatedRows } }) =>
    indexes
      // An index that enforces a constraint has another use.
      .filter((index) => !index.isUnique && index.constraint === null && !index.isPartition)
      .flatMap(({ name, columns, keys, leakproof }) => {
        const defeated = keys.filter((_, i) => !leakproof[i] && columns[i] !== table.column)
        if (defeated.length === 0) return []
        return {
          level: estimatedRows >= 0 && estimatedRows < SMALL ? 'info' : 'low',
          summary: `Index ${name} cannot look up ${defeated.join(', ')}.`,
          fix: '-- Another type (bigint for numeric, text for an enum) or another query serves better.',
        }
      }),
)
