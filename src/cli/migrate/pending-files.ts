import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Queryable } from '../../catalog/read-only.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import { isOurs } from '../../policy/policy-match.ts'
import { identifier } from '../../sql/quote.ts'
import { filesOf } from './migration-folder.ts'

/** The names that the migration tools have recorded; undefined: there is no record. */
export type Recorded = ReadonlySet<string> | undefined

const TABLES = `
  select n.nspname as "schema", c.relname as "name"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relname in ('kysely_migration', 'knex_migrations') and c.relkind = 'r'
    and pg_catalog.has_schema_privilege(n.oid, 'usage')
    and pg_catalog.has_table_privilege(c.oid, 'select')
`

/** Reads the records of Kysely and Knex, in whatever schema they are. */
export async function readRecorded(db: Queryable): Promise<Recorded> {
  const { rows: tables } = await db.query<{ schema: string; name: string }>(TABLES)
  if (tables.length === 0) return undefined
  const names = new Set<string>()
  for (const { schema, name } of tables) {
    const { rows } = await db.query<{ name: string }>(
      `select name::text as "name" from ${identifier(schema)}.${identifier(name)}`,
    )
    for (const row of rows) names.add(row.name)
  }
  return names
}

/**
 * Finds the files that `migrate:rls` wrote and that have not been run: a plan from the database alone
 * repeats their steps. Files for psql are left out, because psql keeps no record.
 *
 * @returns paths, in order
 */
export function pendingFiles(folder: string, recorded: Recorded, snapshot: Snapshot): string[] {
  if (!existsSync(folder)) return []
  // A tool whose record is not known has run some of them.
  if (recorded === undefined && hasOwnPolicies(snapshot)) return []
  return filesOf(folder)
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.includes('.d.'))
    .map((file) => join(folder, file))
    .filter((path) => isWritten(path) && !isRecorded(path, recorded))
    .toSorted()
}

const WRITTEN = /^\/\/ Written by `kysely-tenants migrate:rls/

function isWritten(path: string): boolean {
  return WRITTEN.test(readFileSync(path, 'utf8'))
}

/** Kysely records a name without its extension, Knex with it. */
function isRecorded(path: string, recorded: Recorded): boolean {
  const file = basename(path)
  const name = file.replace(/\.[cm]?[jt]s$/, '')
  return recorded !== undefined && (recorded.has(name) || recorded.has(file))
}

function hasOwnPolicies({ relations }: Snapshot): boolean {
  return relations.some(({ policies }) => policies.some(isOurs))
}
