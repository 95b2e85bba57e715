import type { SnapshotRequest } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import type { Config } from '../config/config.ts'
import { catalogMismatch } from '../errors/command/catalog.ts'
import { type Adopted, findAdoptions, type NotAdopted, parentsFirst } from './adoptions.ts'
import { type Fillable, fillableTable } from './fillable-table.ts'
import { listedTables, namedRelation } from './listed-tables.ts'
import { listedTwice } from './listed-twice.ts'
import { commonType, mistypedColumns, mistypedProblem } from './mistyped-columns.ts'
import { parentsByName } from './tenant-source.ts'
import { eachOnce, tenantTables } from './tenant-tables.ts'
import { tenantTypeOf } from './tenant-type.ts'
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
 * missing table must not look like a clean one. So does a tenant column of another type, for which
 * nothing can be planned.
 */
export function wantedState(config: Config, snapshot: Snapshot): Wanted {
  const { wanted, problems } = joined(config, snapshot)
  const mistyped = wanted.mistyped.map((column) => mistypedProblem(column, snapshot))
  return assertFits(wanted, [...problems, ...mistyped])
}

/** The same for the audit, which judges a column of another type like whatever else is wrong. */
export function auditedState(config: Config, snapshot: Snapshot): Wanted {
  const { wanted, problems } = joined(config, snapshot)
  return assertFits(wanted, problems)
}

function assertFits(wanted: Wanted, problems: readonly string[]): Wanted {
  if (problems.length > 0) throw catalogMismatch(problems)
  return wanted
}

function joined(config: Config, snapshot: Snapshot): { wanted: Wanted; problems: string[] } {
  const problems = [...missingRoles(config, snapshot), ...listedTwice(config, snapshot)]
  const { listed, orphans } = listedTables(config, snapshot, problems)
  // What no tenant can be of is passed on to no other table, and compared with nothing.
  const typed = listed.filter(({ column }) => tenantTypeOf(column))
  const parents = parentsByName(
    typed.map(({ relation: { schema, name }, column }) => ({ schema, name, column })),
  )
  const { adopted, notAdopted } = findAdoptions(orphans, { parents, type: config.type })
  const fillable = parentsFirst(typed.flatMap((table) => fillableTable(table, parents, problems)))
  const global = config.global.flatMap((table) => {
    // Made by the first migration, which is planned before it is there.
    const missing = isBookkeeping(table) ? [] : problems
    const relation = namedRelation(table, { config, snapshot, problems: missing })
    return relation ? [{ schema: relation.schema, name: relation.name }] : []
  })

  const type = config.type ?? commonType(typed)
  const adoption = (table: Adopted | Fillable, column: Adoption['column']): Adoption => ({
    ...{ tables: tenantTables(table, config, snapshot), column, source: table.source },
    ...('isInferred' in table && { isInferred: true }),
  })
  const wanted: Wanted = {
    setting: config.setting,
    appRoles: config.roles.app,
    adminRoles: config.roles.admin,
    schemas: config.schemas,
    tables: eachOnce(listed.flatMap((table) => tenantTables(table, { ...config, type }, snapshot))),
    withoutColumn: [...adopted, ...notAdopted].map(missingColumn),
    mistyped: mistypedColumns(listed, config, type),
    adoptions: [
      ...adopted.map((table) => adoption(table, table.column)),
      ...fillable.map((table) => adoption(table, undefined)),
    ],
    global,
    parts: config.migrations.with,
  }
  return { wanted, problems }
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
