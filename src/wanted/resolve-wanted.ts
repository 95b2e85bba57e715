import type { SnapshotRequest } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import type { Config } from '../config/config.ts'
import { catalogMismatch } from '../errors/command/catalog.ts'
import { suggestion } from '../util/nearest.ts'
import { type Fillable, fillableTable } from './fillable-table.ts'
import { listedTables, namedRelation } from './listed-tables.ts'
import { listedTwice } from './listed-twice.ts'
import { commonType, mistypedColumns, mistypedProblem } from './mistyped-columns.ts'
import {
  type FilledTable,
  findTenantFills,
  parentsFirst,
  type UnfilledTable,
} from './tenant-fills.ts'
import { parentsByName, type TableWithoutColumn } from './tenant-source.ts'
import { eachOnce, tenantTableFamily } from './tenant-table-family.ts'
import { tenantTypeOf } from './tenant-type.ts'
import type { MissingColumn, TenantFill, Wanted } from './wanted.ts'
import { wantedLookups } from './wanted-lookups.ts'

/** The parts of the catalog that a snapshot must hold for {@link resolveWanted}. */
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
 * @param options `allowMistyped`: a tenant column of another type is a part of the result, as the audit
 * needs it. Without it the column is one of the problems, because no migration can be planned for it.
 * @throws `CATALOG.MISMATCH` with everything the config names and the database does not have: a
 * missing table must not look like a clean one
 */
export function resolveWanted(
  config: Config,
  snapshot: Snapshot,
  { allowMistyped = false }: { readonly allowMistyped?: boolean } = {},
): Wanted {
  const { wanted, problems } = joined(config, snapshot)
  const mistyped = wanted.mistyped.map((column) => mistypedProblem(column, snapshot))
  const all = allowMistyped ? problems : [...problems, ...mistyped]
  if (all.length > 0) throw catalogMismatch(all)
  return wanted
}

function joined(config: Config, snapshot: Snapshot): { wanted: Wanted; problems: string[] } {
  const problems = [...missingRoles(config, snapshot), ...listedTwice(config, snapshot)]
  const { listed, withoutColumn } = listedTables(config, snapshot, problems)
  problems.push(...notOwners(config, snapshot, [...listed, ...withoutColumn]))
  // A column that can hold no tenant is no source for other tables, and is compared with none.
  const typed = listed.filter(({ column }) => tenantTypeOf(column))
  const withColumn = parentsByName(
    typed.map(({ relation: { schema, name }, column }) => ({ schema, name, column })),
  )
  const found = findTenantFills(withoutColumn, withColumn, config.type)
  const { filled, unfilled, parents } = found
  const fillable = typed.flatMap((table) => fillableTable(table, parents, problems))
  const global = config.global.flatMap((table) => {
    // Made by the first migration, which is planned before it is there.
    const missing = isBookkeeping(table) ? [] : problems
    const relation = namedRelation(table, { config, snapshot, problems: missing })
    return relation ? [{ schema: relation.schema, name: relation.name }] : []
  })

  const type = config.type ?? commonType(typed)
  const tenantFill = (table: FilledTable | Fillable): TenantFill => ({
    tables: tenantTableFamily(table, config, snapshot),
    column: fillable.includes(table) ? undefined : table.column,
    source: table.source,
    ...('isInferred' in table && { isInferred: true }),
  })
  const tables = eachOnce(
    listed.flatMap((table) => tenantTableFamily(table, { ...config, type }, snapshot)),
  )
  const fills = parentsFirst([...filled, ...fillable]).map(tenantFill)
  const all = [...tables, ...fills.flatMap((fill) => fill.tables)]
  const wanted: Wanted = {
    setting: config.setting,
    column: config.column,
    appRoles: config.roles.app,
    adminRoles: config.roles.admin,
    ownerRoles: config.roles.owner,
    schemas: config.schemas,
    tables,
    withoutColumn: [...filled, ...unfilled].map(missingColumn),
    mistyped: mistypedColumns(listed, config, type),
    fills,
    global,
    lookups: wantedLookups(config, snapshot, { tables: all, problems }),
    parts: config.migrations.with,
  }
  return { wanted, problems }
}

function missingRoles({ roles }: Config, snapshot: Snapshot): string[] {
  const known = snapshot.roles.map(({ name }) => name)
  return [...roles.app, ...roles.admin, ...roles.owner]
    .filter((role) => !known.includes(role))
    .map((role) => `Role ${role} is missing${suggestion(role, known) || '.'}`)
}

/** A policy for every row is for the role that owns them, and for no other. */
function notOwners(
  { roles }: Config,
  snapshot: Snapshot,
  tables: readonly TableWithoutColumn[],
): string[] {
  const owners = new Set(tables.map(({ relation }) => relation.owner))
  const isKnown = (role: string) => snapshot.roles.some(({ name }) => name === role)
  return roles.owner
    .filter((role) => isKnown(role) && !owners.has(role))
    .map((role) => `Role ${role} owns no table of the config: roles.owner.`)
}

function missingColumn({ entry, relation, reason }: UnfilledTable): MissingColumn {
  const { schema, name } = relation
  return { schema, name, column: entry.column, ...(reason !== undefined && { reason }) }
}
