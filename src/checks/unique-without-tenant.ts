import type { IndexState } from '../catalog/index-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Level } from '../config/level.ts'
import { type Check, type Result, tableCheck } from './check.ts'
import { tenantsTables } from './facts/checked-tables.ts'
import { decision } from './facts/statements.ts'
import { withTenantInFront } from './facts/unique-keys.ts'

export const uniqueWithoutTenant: Check = tableCheck(
  {
    id: 'unique-without-tenant',
    level: 'medium',
    title: 'A unique key spans all tenants',
    why:
      'An insert that fails tells one tenant which values another one has, and two tenants cannot use the ' +
      'same value. On a server with the holes of `server-rls-cve`, ON CONFLICT DO UPDATE also reads ' +
      'the hidden row.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'create unique index projects_by_name on public.projects (name)',
    fixed: `drop index public.projects_by_name;
create unique index projects_by_name on public.projects (tenant_id, name)`,
  },
  (state, context) => {
    const { table, relation } = state
    if (tenantsTables(context).includes(relation)) return []
    return relation.indexes
      .filter(({ isUnique, isPartition, columns }) => {
        return isUnique && !isPartition && !columns.includes(table.column)
      })
      .map((index) => {
        const unavoidable = table.shared && index.isPrimary
        if (table.globalKeys.includes(index.name)) return accepted(index)
        return {
          level: unavoidable ? 'low' : levelOf(index, relation),
          summary: unavoidable
            ? `${index.name} spans all tenants: a primary key cannot hold the tenant of shared rows.`
            : `${index.name} (${index.keys.join(', ')}) spans all tenants.`,
          fix: unavoidable
            ? decision('Use a unique key with the tenant in place of the primary key.')
            : withTenantInFront(index, state, context),
        }
      })
  },
)

/** The config accepts the key. It still tells other tenants which values exist. */
function accepted({ name, keys }: IndexState): Result {
  return {
    level: 'low',
    summary: `${name} (${keys.join(', ')}) spans all tenants, as \`globalKeys\` of the config allows.`,
    fix: decision('Remove it from `globalKeys` when it no longer has to span them.'),
  }
}

function levelOf(index: IndexState, relation: RelationState): Level {
  const columns = index.columns.map((name) => relation.columns.find((c) => c.name === name))
  if (columns.every((c) => c?.baseType === 'uuid' || c?.isIdentity)) return 'low'
  const isSurrogate = columns.every(
    (c) => c?.baseType === 'uuid' || c?.isIdentity || c?.default?.startsWith('nextval('),
  )
  return isSurrogate ? 'medium' : 'high'
}
