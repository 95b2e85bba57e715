import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { newIndexName } from './facts/index-names.ts'
import { withRemarks } from './facts/statements.ts'

/** Below this many rows a scan costs about as much as an index. */
const SMALL = 5000

export const tenantColumnNotIndexed: Check = tableCheck(
  {
    id: 'tenant-column-not-indexed',
    level: 'medium',
    title: 'No index begins with the tenant column',
    why: 'Every statement of every tenant scans the rows of all of them.',
    link: 'https://www.postgresql.org/docs/current/indexes-multicolumn.html',
    broken: 'drop index public.events_by_tenant',
    fixed: 'create index events_by_tenant on public.events (tenant_id, at)',
  },
  ({ table, relation }, context) => {
    const { estimatedRows, indexes, isPartition, partitionKey } = relation
    const made = relation.columns.find(({ name, isVirtual }) => name === table.column && isVirtual)
    const isIndexed = indexes.some(
      ({ columns, isValid, predicate }) =>
        columns[0] === (made ? null : table.column) && isValid && predicate === null,
    )
    // A partition has the indexes of its parent.
    if (isIndexed || isPartition || partitionKey[0] === table.column) return
    const column = identifier(table.column)
    const name = newIndexName(relation, [table.column], context)
    return {
      level: estimatedRows >= 0 && estimatedRows < SMALL ? 'low' : 'medium',
      summary: `No index begins with ${column}.`,
      fix: withRemarks(
        `create index if not exists ${identifier(name)} on ${qualifiedName(relation)} (${made ? `(${made.default})` : column})`,
        [
          made
            ? 'Writes wait until it is built. It holds the expression, because no index can hold a virtual column.'
            : 'Writes wait until it is built; `kysely-tenants migrate:rls` builds it beside them.',
        ],
      ),
    }
  },
)
