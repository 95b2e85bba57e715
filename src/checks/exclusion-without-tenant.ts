import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { statements } from './facts/statements.ts'

const GIST = 'EXCLUDE USING gist ('

export const exclusionWithoutTenant: Check = tableCheck(
  {
    id: 'exclusion-without-tenant',
    level: 'high',
    title: 'An exclusion constraint spans all tenants',
    why:
      'An insert that fails tells one tenant which values another one has, and the rows of one tenant ' +
      'block the inserts of another.',
    link: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION',
    broken: `alter table public.events add column during tstzrange,
  add constraint one_at_a_time exclude using gist (during with &&)`,
    fixed: 'alter table public.events drop constraint one_at_a_time',
  },
  ({ table, relation }) =>
    relation.constraints
      .filter(({ kind, isPartition }) => kind === 'exclusion' && !isPartition)
      .filter(({ columns }) => !columns.includes(table.column))
      .map(({ name, definition }) => ({
        summary: `${name} (${definition}) spans all tenants.`,
        fix: definition.startsWith(GIST)
          ? statements([
              // The extension has the operators of uuid, text and integers for an index of this kind.
              'create extension if not exists btree_gist',
              [
                `alter table ${qualifiedName(relation)} drop constraint ${identifier(name)},`,
                `  add constraint ${identifier(name)} ${GIST}${identifier(table.column)} WITH =, ${definition.slice(GIST.length)}`,
              ].join('\n'),
            ])
          : `-- Create ${name} again with ${identifier(table.column)} WITH = as its first element.`,
      })),
)
