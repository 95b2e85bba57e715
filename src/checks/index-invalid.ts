import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { withRemarks } from './facts/statements.ts'

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
        return {
          summary: `Index ${name} is not valid.`,
          fix:
            constraint === null
              ? `drop index if exists ${index}`
              : withRemarks(`reindex index ${index}`, [
                  `Outside a transaction, without blocking writes: reindex index concurrently ${index}`,
                ]),
        }
      }),
)
