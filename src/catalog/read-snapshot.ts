import { serverUnsupported } from '../errors/command/server.ts'
import type { TableReference } from '../sql/table-name.ts'
import { readFunctions } from './read-functions.ts'
import type { Queryable } from './read-only.ts'
import { readOwnerFacts } from './read-owner-facts.ts'
import { readRelations } from './read-relations.ts'
import { readMemberships, readRoles, readSettingDefaults } from './read-roles.ts'
import { readSurroundings } from './read-surroundings.ts'
import { readUpserts } from './read-upserts.ts'
import type { Snapshot } from './snapshot.ts'

/** The part of the database to read: a config without its options. */
export interface SnapshotRequest {
  readonly schemas: readonly string[]
  readonly tables: readonly TableReference[]
  readonly global: readonly TableReference[]
  readonly appRoles: readonly string[]
  readonly adminRoles: readonly string[]
  /** The tenant setting, to be read before anything could set it; absent where that does not matter. */
  readonly setting?: string
}

const OLDEST_SERVER = 140000

type Server = Pick<
  Snapshot,
  'serverVersion' | 'database' | 'currentUser' | 'tenantAtStart' | 'extensions'
>

const READ_SERVER = `
  select
    pg_catalog.current_setting('server_version_num')::int as "serverVersion",
    pg_catalog.current_database()                         as "database",
    current_user                                          as "currentUser",
    nullif(pg_catalog.current_setting($1, true), '')      as "tenantAtStart",
    array(
      select extname::text from pg_catalog.pg_extension order by extname
    )                                                     as "extensions"
`

/**
 * Reads the catalog with a fixed number of queries, as any login. Run it in
 * {@link inReadOnlyTransaction}: texts are deparsed under its `search_path`.
 *
 * Covers the wanted schemas, those of the listed tables, and the relations that views and partitions
 * connect with them. A table or role that does not exist is no error here: see `resolveWanted`.
 *
 * @throws `CATALOG.CHANGED` when an object was dropped meanwhile: a new transaction no longer sees it;
 * `SERVER.UNSUPPORTED` before PostgreSQL 14
 */
export async function readSnapshot(db: Queryable, request: SnapshotRequest): Promise<Snapshot> {
  const { appRoles, adminRoles } = request
  const { rows } = await db.query<Server>(READ_SERVER, [request.setting ?? null])
  const [server] = rows
  if (!server) throw new Error('The server did not say its version.')
  if (server.serverVersion < OLDEST_SERVER) throw serverUnsupported(server.serverVersion)
  const relations = await readRelations(db, schemasOf(request), appRoles)
  const functions = await readFunctions(db, appRoles)
  const owners = [...relations, ...functions].map(({ owner }) => owner)

  return {
    ...server,
    roles: await readRoles(db),
    memberships: await readMemberships(db, [...appRoles, ...adminRoles, ...owners]),
    relations,
    functions,
    upserts: await readUpserts(db),
    ownerFacts: await readOwnerFacts(db, relations),
    settingDefaults: await readSettingDefaults(db),
    ...(await readSurroundings(db, { ...server, appRoles })),
  }
}

/** The schemas that are searched, and those of tables that the config names with a schema. */
export function schemasOf({ schemas, tables, global }: SnapshotRequest): string[] {
  const named = [...tables, ...global].flatMap(({ schema }) => (schema === undefined ? [] : schema))
  return [...new Set([...schemas, ...named])]
}
