import { createHash } from 'node:crypto'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TableName } from '../table-name.ts'

/** As many bytes as a name of PostgreSQL holds. */
const LONGEST_NAME = 63

export type NameIndex = (table: TableName, columns: readonly string[], ending: string) => string

/**
 * Names as PostgreSQL would choose them, none of them twice. Indexes and tables of a schema share their
 * names.
 */
export function unusedIndexNames({ relations }: Snapshot): NameIndex {
  const taken = new Map<string, Set<string>>()
  for (const { schema, name, indexes } of relations) {
    const names = taken.get(schema) ?? new Set()
    for (const used of [name, ...indexes.map((index) => index.name)]) names.add(used)
    taken.set(schema, names)
  }
  return ({ schema, name }, columns, ending) => {
    const names = taken.get(schema) ?? new Set()
    for (let number = 0; ; number++) {
      const suffix = `_${ending}${number === 0 ? '' : number}`
      const candidate = shortened([name, ...columns].join('_'), suffix)
      if (names.has(candidate)) continue
      names.add(candidate)
      return candidate
    }
  }
}

/** Two long names that begin alike stay different. */
export function shortened(text: string, ending: string): string {
  if (Buffer.byteLength(text + ending) <= LONGEST_NAME) return text + ending
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  const characters = [...text]
  const result = () => `${characters.join('')}_${digest}${ending}`
  while (Buffer.byteLength(result()) > LONGEST_NAME) characters.pop()
  return result()
}
