import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kysely, PostgresDialect } from 'kysely'
import type { Migration } from 'kysely/migration'
import pg from 'pg'
import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import type { RelationState } from '../../src/catalog/relation-state.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { withClient } from './postgres.ts'
import { type Project, withProject } from './run-cli.ts'

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A project whose migrations can import Kysely. */
export interface MigrationProject extends Project {
  /** The names of the files in the migrations folder, in order. */
  files(): string[]
  text(file: string): string
  /** Calls `up` or `down` of the file in a transaction of its own, without any record of it. */
  call(file: string, direction: 'up' | 'down'): Promise<void>
}

export function withMigrations<T>(
  config: ConfigInput & { connection: string },
  body: (project: MigrationProject) => Promise<T>,
): Promise<T> {
  return withProject(config, async (project) => {
    writeFileSync(join(project.folder, 'package.json'), '{ "type": "module" }')
    symlinkSync(NODE_MODULES, join(project.folder, 'node_modules'))
    const folder = join(project.folder, 'migrations')
    return body({
      ...project,
      files: () => readdirSync(folder).toSorted(),
      text: (file) => readFileSync(join(folder, file), 'utf8'),
      call: async (file, direction) => {
        const migration: Migration = await import(join(folder, file))
        await withKysely(config.connection, async (db) => migration[direction]?.(db))
      },
    })
  })
}

export async function withKysely<T>(
  url: string,
  body: (db: Kysely<unknown>) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    return await body(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }))
  } finally {
    // Not `db.destroy()`: before the first query that leaves the pool open.
    await pool.end()
  }
}

/** Everything the catalog says about the tables of the user. */
export function readRelations(url: string): Promise<RelationState[]> {
  return withClient(url, relationsOfUser)
}

/** The same over a client that is there. */
export async function relationsOfUser(client: pg.Client): Promise<RelationState[]> {
  const request = { schemas: ['public', 'billing'], tables: [], global: [] }
  const { relations } = await inReadOnlyTransaction(client, () =>
    readSnapshot(client, { ...request, appRoles: [], adminRoles: [] }),
  )
  return relations.filter(({ name }) => !/^(?:kysely|knex)_migration/.test(name))
}
