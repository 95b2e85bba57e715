import type { IndexState } from '../catalog/index-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Level } from '../config/level.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { type Check, type Result, tableCheck } from './check.ts'
import { tenantsTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { statements } from './facts/statements.ts'
import { vulnerabilities } from './facts/vulnerabilities.ts'

export const uniqueWithoutTenant: Check = tableCheck(
  {
    id: 'unique-without-tenant',
    level: 'medium',
    title: 'A unique key spans all tenants',
    why:
      'An insert that fails tells one tenant which values another one has, and two tenants cannot use the ' +
      'same value. Before PostgreSQL 18.7, 17.12, 16.16, 15.20 and 14.25, ON CONFLICT DO UPDATE ' +
      'also reads the hidden row (CVE-2026-120154).',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'create unique index projects_by_name on public.projects (name)',
    fixed: `drop index public.projects_by_name;
create unique index projects_by_name on public.projects (tenant_id, name)`,
  },
  ({ table, relation }, context) => {
    if (tenantsTables(context).includes(relation)) return []
    return relation.indexes
      .filter(({ isUnique, isPartition, columns }) => {
        return isUnique && !isPartition && !columns.includes(table.column)
      })
      .map((index) => {
        const unavoidable = table.shared && index.isPrimary
        if (table.globalKeys.includes(index.name)) return accepted(index)
        return {
          level: unavoidable ? 'low' : levelOf(index, relation, context),
          summary: unavoidable
            ? `${index.name} spans all tenants: a primary key cannot hold the tenant of shared rows.`
            : `${index.name} (${index.keys.join(', ')}) spans all tenants.`,
          fix: unavoidable
            ? '-- Use a unique key with the tenant in place of the primary key.'
            : fixOf(index, { relation, column: table.column, context }),
        }
      })
  },
)

/** The config accepts the key. It still tells other tenants which values exist. */
function accepted({ name, keys }: IndexState): Result {
  return {
    level: 'low',
    summary: `${name} (${keys.join(', ')}) spans all tenants, as \`globalKeys\` of the config allows.`,
    fix: `-- Take it out of \`globalKeys\` when it no longer has to.`,
  }
}

function levelOf(index: IndexState, relation: RelationState, { snapshot }: CheckContext): Level {
  const open = vulnerabilities(snapshot.serverVersion)
  if (open.some(({ id }) => id === 'CVE-2026-120154')) return 'high'

  const columns = index.columns.map((name) => relation.columns.find((c) => c.name === name))
  if (columns.every((c) => c?.baseType === 'uuid' || c?.isIdentity)) return 'low'
  const isSurrogate = columns.every(
    (c) => c?.baseType === 'uuid' || c?.isIdentity || c?.default?.startsWith('nextval('),
  )
  return isSurrogate ? 'medium' : 'high'
}

function fixOf(
  index: IndexState,
  { relation, column, context }: { relation: RelationState; column: string; context: CheckContext },
): string {
  const users = referencing(relation, context)
  if (index.constraint !== null && users.length > 0) {
    return [
      `-- First let the foreign keys that use it include the tenant: ${users.join(', ')}.`,
      '-- `kysely-tenants migrate:rls --with foreign-keys,unique-keys` does both.',
    ].join('\n')
  }
  if (index.columns.includes(null) || index.predicate !== null || index.method !== 'btree') {
    return [
      `-- Create ${index.name} again with ${identifier(column)} as its first key;`,
      ...(index.method === 'btree'
        ? ['-- `kysely-tenants migrate:rls --with unique-keys` does it.']
        : ['-- such a key cannot be built while the application writes.']),
    ].join('\n')
  }
  const table = qualifiedName(relation)
  const keys = [identifier(column), ...index.keys].join(', ')
  if (index.constraint !== null) {
    const name = identifier(index.constraint)
    const kind = index.isPrimary ? 'primary key' : 'unique'
    return `alter table ${table} drop constraint ${name}, add constraint ${name} ${kind} (${keys})`
  }
  const how = relation.kind === 'partitioned table' ? 'index' : 'index concurrently'
  return statements([
    `create unique ${how} on ${table} (${keys})`,
    `drop ${how} ${qualifiedName({ schema: relation.schema, name: index.name })}`,
  ])
}

function referencing(relation: RelationState, { snapshot }: CheckContext): string[] {
  return snapshot.relations.flatMap(({ foreignKeys }) =>
    foreignKeys
      .filter(({ references }) => isSameTable(references, relation))
      .map(({ name }) => name),
  )
}
