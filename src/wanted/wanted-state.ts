import type { SnapshotRequest } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config } from '../config.ts'
import { catalogMismatch } from '../errors/command/catalog.ts'
import { type Adopted, findAdoptions, type NotAdopted, parentsFirst } from './adoptions.ts'
import { type Fillable, fillableTable } from './fillable-table.ts'
import { listedTables, namedRelation } from './listed-tables.ts'
import { eachOnce, tenantTables } from './tenant-tables.ts'
import type { Adoption, MissingColumn, Wanted } from './wanted.ts'

/** What the snapshot has to hold for {@link wantedState}. */
export function snapshotRequest({
  schemas,
  tables,
  global,
  roles,
  setting,
}: Config): SnapshotRequest {
  return { schemas, tables, global, appRoles: roles.app, adminRoles: roles.admin, setting }
}

/**
 * Joins the config with the catalog.
 *
 * @throws `CATALOG.MISMATCH` with everything the config names and the database does not have: a
 * missing table must not look like a clean one.
 */
export function wantedState(config: Config, snapshot: Snapshot): Wanted {
  const problems = missingRoles(config, snapshot)
  const { listed, orphans } = listedTables(config, snapshot, problems)
  const parents = listed.map(({ relation: { schema, name }, column }) => ({ schema, name, column }))
  const { adopted, notAdopted } = findAdoptions(orphans, { parents, type: config.type })
  const fillable = parentsFirst(listed.flatMap((table) => fillableTable(table, parents, problems)))
  const global = config.global.flatMap((table) => {
    const relation = namedRelation(table, { config, snapshot, problems })
    return relation ? [{ schema: relation.schema, name: relation.name }] : []
  })
  if (problems.length > 0) throw catalogMismatch(problems)

  const adoption = (table: Adopted | Fillable, column: Adoption['column']): Adoption => ({
    ...{ tables: tenantTables(table, config, snapshot), column, source: table.source },
    ...('isInferred' in table && { isInferred: true }),
  })
  return {
    setting: config.setting,
    appRoles: config.roles.app,
    adminRoles: config.roles.admin,
    schemas: config.schemas,
    tables: eachOnce(listed.flatMap((table) => tenantTables(table, config, snapshot))),
    withoutColumn: [...adopted, ...notAdopted].map(missingColumn),
    adoptions: [
      ...adopted.map((table) => adoption(table, table.column)),
      ...fillable.map((table) => adoption(table, undefined)),
    ],
    global,
    parts: config.migrations.with,
  }
}

function missingRoles({ roles }: Config, snapshot: Snapshot): string[] {
  const known = new Set(snapshot.roles.map(({ name }) => name))
  return [...roles.app, ...roles.admin]
    .filter((role) => !known.has(role))
    .map((role) => `Role ${role} is missing.`)
}

function missingColumn({ entry, relation, reason }: NotAdopted): MissingColumn {
  const { schema, name } = relation
  return { schema, name, column: entry.column, ...(reason !== undefined && { reason }) }
}
