import type { Snapshot } from '../catalog/snapshot.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { shortenedName } from '../sql/unused-name.ts'

export type NameIndex = (table: TableName, columns: readonly string[], ending: string) => string

/**
 * Names as PostgreSQL would choose them, none of them twice. Indexes and tables of a schema share their
 * names.
 */
export function unusedIndexNames(snapshot: Snapshot): NameIndex {
  const taken = namesIn(snapshot)
  const given = new Set<string>()
  // Thousands of keys may refer to one table: none tries the numbers of those before it.
  const next = new Map<string, number>()
  return ({ schema, name }, columns, ending) => {
    const stem = [schema, name, ...columns, ending].join('\n')
    for (let number = next.get(stem) ?? 0; ; number++) {
      const suffix = `_${ending}${number === 0 ? '' : number}`
      const candidate = shortenedName([name, ...columns].join('_'), suffix)
      const key = qualifiedName({ schema, name: candidate })
      if (taken.has(key) || given.has(key)) continue
      given.add(key)
      next.set(stem, number + 1)
      return candidate
    }
  }
}

const known = new WeakMap<Snapshot, ReadonlySet<string>>()

// Read once for each snapshot: for each table it would make the plan of many quadratic.
function namesIn(snapshot: Snapshot): ReadonlySet<string> {
  const names =
    known.get(snapshot) ??
    new Set(
      snapshot.relations.flatMap(({ schema, name, indexes }) =>
        [name, ...indexes.map((index) => index.name)].map((used) =>
          qualifiedName({ schema, name: used }),
        ),
      ),
    )
  known.set(snapshot, names)
  return names
}
