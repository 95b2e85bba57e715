import { identifier } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const exclusionTenantNotEqual: Check = tableCheck(
  {
    id: 'exclusion-tenant-not-equal',
    level: 'medium',
    title: 'An exclusion constraint compares rows of different tenants',
    why:
      'With another operator than `=` on the tenant column, a row of one tenant excludes rows of others: ' +
      'an insert that fails tells what they have.',
    link: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION',
    broken: `create extension btree_gist;
alter table public.events add constraint other_tenants
  exclude using gist (tenant_id with <>, at with =)`,
    fixed: 'alter table public.events drop constraint other_tenants',
  },
  ({ table, relation }) =>
    relation.constraints
      .filter(({ kind, isPartition }) => kind === 'exclusion' && !isPartition)
      .flatMap(({ name, definition }) => {
        const operator = operatorOf(identifier(table.column), definition)
        if (operator === undefined || operator === '=') return []
        return {
          summary: `${name} (${definition}) compares tenants by ${operator}.`,
          fix: `-- Create ${name} again with ${identifier(table.column)} WITH = as its first element.`,
        }
      }),
)

function operatorOf(column: string, definition: string): string | undefined {
  const start = [`(${column} `, `, ${column} `].find((text) => definition.includes(text))
  if (start === undefined) return undefined
  const rest = definition.slice(definition.indexOf(start) + start.length)
  return /^(?:[^,()]* )?WITH (OPERATOR\([^)]*\)|[^\s,)]+)/.exec(rest)?.[1]
}
