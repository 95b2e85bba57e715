import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { EXAMPLE } from './facts/example.ts'
import { changeType, retype } from './facts/retype.ts'

export const tenantColumnType: Check = defineCheck(
  {
    id: 'tenant-column-type',
    level: 'high',
    title: 'A tenant column has another type than the tenant',
    why:
      'It is compared through a cast, which no index serves, or by other rules: `A` and `a` differ as ' +
      'text. Foreign keys that include the tenant cannot be created.',
    link: 'https://www.postgresql.org/docs/current/sql-altertable.html',
    broken: exampleAs('text'),
    fixed: exampleAs('uuid'),
  },
  (context) =>
    context.wanted.mistyped.map((mistyped) => {
      const { column, actual, wanted } = mistyped
      return {
        object: qualifiedName(mistyped),
        summary: `${identifier(column)} is ${actual}, ${wanted ? `not ${wanted}` : 'which no tenant is'}.`,
        fix: retype(mistyped, context),
      }
    }),
)

function exampleAs(type: TenantTable['type']): string {
  const table: TenantTable = { ...EXAMPLE, name: 'events', type }
  return changeType(table, {
    families: [{ table, policies: ['tenant_access', 'tenant_isolation'] }],
    value: `tenant_id::text::${type}`,
    default: 'tenant',
  })
}
