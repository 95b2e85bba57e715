import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const extensionOwnedTable: Check = tableCheck(
  {
    id: 'extension-owned-table',
    level: 'info',
    title: 'A tenant table belongs to an extension',
    why:
      'pg_dump omits the policies of such a table: a restored database has the rows without their ' +
      'row security.',
    link: 'https://www.postgresql.org/docs/current/extend-extensions.html',
    broken: 'alter extension plpgsql add table public.events',
    fixed: 'alter extension plpgsql drop table public.events',
  },
  ({ relation }) =>
    relation.extension === null
      ? undefined
      : {
          summary: `It is a member of extension ${relation.extension}.`,
          fix: `alter extension ${identifier(relation.extension)} drop table ${qualifiedName(relation)}`,
        },
)
