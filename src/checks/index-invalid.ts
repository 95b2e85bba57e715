import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const indexInvalid: Check = tableCheck(
  {
    id: 'index-invalid',
    level: 'medium',
    title: 'An index is maintained and not used',
    why:
      'A failed CREATE INDEX CONCURRENTLY leaves an index that costs every write and serves no ' +
      'query, and `if not exists` passes over it.',
    link: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY',
    broken: 'create index visits_by_path on only public.visits (path)',
    fixed: 'drop index public.visits_by_path',
  },
  ({ relation }) =>
    relation.indexes
      .filter(({ isValid, isPartition }) => !isValid && !isPartition)
      .map(({ name, constraint }) => {
        const index = qualifiedName({ schema: relation.schema, name })
        // PostgreSQL refuses to drop it concurrently on a partitioned table.
        const drop =
          relation.kind === 'partitioned table' ? 'drop index' : 'drop index concurrently'
        return {
          summary: `Index ${name} is not valid.`,
          fix: constraint === null ? `${drop} ${index}` : `reindex index concurrently ${index}`,
        }
      }),
)
