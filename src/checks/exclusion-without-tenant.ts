import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { decision } from './facts/statements.ts'

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
  (state, context) =>
    state.relation.constraints
      .filter(({ kind, isPartition }) => kind === 'exclusion' && !isPartition)
      .filter(({ columns }) => !columns.includes(state.table.column))
      .map(({ name, definition }) => ({
        summary: `${name} (${definition}) spans all tenants.`,
        fix: withTenant(name, definition, state, context),
      })),
)

function withTenant(
  name: string,
  definition: string,
  { table, relation }: TenantTableState,
  { snapshot }: CheckContext,
): string {
  const tenant = identifier(table.column)
  if (table.shared || !definition.startsWith(GIST)) {
    return decision(`Create ${name} again with ${tenant} WITH = as its first element.`)
  }
  const statement = [
    `alter table ${qualifiedName(relation)} drop constraint if exists ${identifier(name)},`,
    `  add constraint ${identifier(name)} ${GIST}${tenant} WITH =, ${definition.slice(GIST.length)}`,
  ].join('\n')
  // The extension has the operators of uuid, text and integers for an index of this kind.
  return snapshot.extensions.includes('btree_gist')
    ? statement
    : decision(
        'It takes the extension btree_gist, which the owner of the database can create:',
        '  create extension btree_gist;',
        `  ${statement}`,
      )
}
