import { type Check, defineCheck } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import { roadMap } from './facts/roads.ts'

export const tenantCastUserDefined: Check = defineCheck(
  {
    id: 'tenant-cast-user-defined',
    level: 'medium',
    title: 'The tenant of a statement is made by a cast of your own',
    why:
      'The setting is a text, and the policies cast it to the type of the tenant column. A function of ' +
      'the database then decides which tenant a text means.',
    link: 'https://www.postgresql.org/docs/current/sql-createcast.html',
    broken: `create function public.text_to_uuid(text) returns uuid language sql immutable
  as 'select uuid_in(textout($1))';
create cast (text as uuid) with function public.text_to_uuid(text)`,
    fixed: 'drop cast (text as uuid)',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const types = new Set(
      checkedTables(context).flatMap(({ table, relation }) => {
        const column = relation.columns.find(({ name }) => name === table.column)
        return column ? [column.type, table.type] : [table.type]
      }),
    )
    return (map?.context.snapshot.reach.casts ?? [])
      .filter(({ source, target }) => TEXTS.includes(source) && types.has(target))
      .map(({ source, target, ...cast }) => ({
        object: `cast (${source} as ${target})`,
        summary: `It calls ${map?.index.functions.get(cast.function)?.signature ?? 'a function'}.`,
        fix: `drop cast if exists (${source} as ${target})`,
        evidence: map?.index.functions.get(cast.function)?.bodyHash ?? '',
      }))
  },
)

const TEXTS: readonly string[] = ['text', 'character varying', 'unknown', 'name']
