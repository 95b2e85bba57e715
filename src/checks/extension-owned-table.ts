import { literal } from '../sql/literal.ts'
import { dollarQuoted, identifier, qualifiedName } from '../sql/quote.ts'
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
          fix: `do ${dollarQuoted(`
begin
  if exists (select from pg_catalog.pg_depend
      where classid = 'pg_catalog.pg_class'::regclass and deptype = 'e'
        and objid = ${literal(qualifiedName(relation))}::regclass) then
    alter extension ${identifier(relation.extension)} drop table ${qualifiedName(relation)};
  end if;
end
`)}`,
        },
)
