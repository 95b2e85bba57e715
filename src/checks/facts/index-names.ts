import type { RelationState } from '../../catalog/relation-state.ts'
import { unusedName } from '../../sql/unused-name.ts'
import { grouped } from '../../util/grouped.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'

/** Relations and indexes of a schema share their names. */
const taken = once(({ snapshot }: CheckContext) => {
  const names = snapshot.relations.flatMap(({ schema, name, indexes }) =>
    [name, ...indexes.map((index) => index.name)].map((used) => ({ schema, name: used })),
  )
  return grouped(names, ({ schema }) => schema)
})

/** Not the name of a relation or an index: `create index if not exists` would pass over those. */
export function newIndexName(
  { schema, name }: RelationState,
  columns: readonly (string | null)[],
  context: CheckContext,
): string {
  const names = taken(context).get(schema) ?? []
  const stem = [name, ...columns.map((column) => column ?? 'expr')].join('_')
  return unusedName(
    stem,
    '_idx',
    names.map((used) => used.name),
  )
}
