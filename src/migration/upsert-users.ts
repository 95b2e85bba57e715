import type { IndexState } from '../catalog/index-state.ts'
import type { Upsert } from '../catalog/read-upserts.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isSameSet } from '../util/same-set.ts'

/**
 * The functions with an ON CONFLICT that names exactly the keys of this index: without it they fail with
 * 42P10. A function whose table cannot be read from its text counts for every table.
 * https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
 */
export function upsertUsers(
  index: IndexState,
  relation: RelationState,
  { upserts = [] }: Snapshot,
): string[] {
  const keys = index.columns.map((column, n) => column ?? plain(index.keys[n] ?? ''))
  const users = upserts.filter(
    (upsert) => mayBe(upsert, relation) && isSameSet(upsert.keys.map(plain), keys.map(plain)),
  )
  return [...new Set(users.map(({ signature }) => signature))]
}

function mayBe({ table }: Upsert, { schema, name }: RelationState): boolean {
  return table === null || (table.name === name && (table.schema ?? schema) === schema)
}

/** Expressions are compared without blanks, brackets and casts, which PostgreSQL adds. */
function plain(key: string): string {
  return key.replace(/::[\w ]+|[\s()]/g, '')
}
