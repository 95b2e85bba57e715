import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const unloggedTenantTable: Check = tableCheck(
  {
    id: 'unlogged-tenant-table',
    level: 'low',
    title: 'A tenant table is empty after a crash',
    why: 'An UNLOGGED table is emptied when the server recovers from a crash, and is missing on replicas.',
    link: 'https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED',
    broken: 'alter table public.events set unlogged',
    fixed: 'alter table public.events set logged',
  },
  ({ relation }) =>
    relation.isUnlogged
      ? {
          summary: 'It is UNLOGGED.',
          fix: `alter table ${qualifiedName(relation)} set logged`,
        }
      : undefined,
)
