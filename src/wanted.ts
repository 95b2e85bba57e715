import {
  findAdoptions,
  inferredSource,
  type NotAdopted,
  type Orphan,
  type Parent,
  parentsFirst,
  sourceFor,
  type TenantSource,
} from './adoptions.ts'
import { isBookkeeping } from './bookkeeping.ts'
import type { SnapshotRequest } from './catalog/read-snapshot.ts'
import type { ColumnState, RelationState, Snapshot } from './catalog/snapshot.ts'
import { columnUsers } from './column-users.ts'
import type { Config, ConfigTable } from './config.ts'
import { catalogMismatch } from './errors.ts'
import type { MigrationPart } from './migration-part.ts'
import { identifier, qualifiedName } from './policy/quote.ts'
import type { TenantTable } from './policy/tenant-table.ts'
import type { TenantType } from './setting.ts'
import type { TableName, TableReference } from './table-name.ts'

/** A table that gets its tenants by a migration. */
export interface Adoption {
  /** The table, then its partitions and inheritance children, as they are wanted. */
  readonly tables: readonly TenantTable[]
  /** To be added; undefined when it is there and only has to be filled. */
  readonly column: ColumnState | undefined
  readonly source: TenantSource
  /** The config does not say so, a foreign key does: `backfill` fills it, no migration does. */
  readonly isInferred?: true
}

export interface MissingColumn extends TableName {
  readonly column: string
  /** Why no migration can add it; absent when nothing says where its tenants could come from. */
  readonly reason?: string
}

/** A tenant column of another type than the config says, or of one that holds no tenant. */
export interface MistypedColumn extends TableName {
  readonly column: string
  /** As PostgreSQL writes it. */
  readonly actual: string
  /** By the config, else of all the other tables; undefined when nothing says. */
  readonly wanted: TenantType | undefined
  /** A sentence without its subject: `double precision; a tenant column is …`. */
  readonly problem: string
}

/** What the config wants of this database: its names resolved, its types read from the catalog. */
export interface Wanted {
  readonly setting: string
  readonly appRoles: readonly string[]
  readonly adminRoles: readonly string[]
  readonly schemas: readonly string[]
  /**
   * The listed tables, and every partition and inheritance child of theirs. But for foreign tables: those
   * have no row security, and the policies of the parent hold for whoever reads them through it.
   */
  readonly tables: readonly TenantTable[]
  /** Listed tables that have no tenant column. */
  readonly withoutColumn: readonly MissingColumn[]
  /** Of the listed tables: no migration is planned while there are any. */
  readonly mistyped: readonly MistypedColumn[]
  /** Those of them whose tenants are known, and tables whose column has to be filled. */
  readonly adoptions: readonly Adoption[]
  readonly global: readonly TableName[]
  /** What `migrate:rls` is asked to plan beside row security. */
  readonly parts: readonly MigrationPart[]
  /** Policies that somebody else made and the plan may change: `name on schema.table`, as SQL has it. */
  readonly takenOver?: readonly string[]
  /** Tables on which nothing is enforced yet get policies that let a statement without a tenant pass. */
  readonly observes?: boolean
}

const TYPES: Readonly<Record<string, TenantType>> = {
  uuid: 'uuid',
  text: 'text',
  varchar: 'varchar',
  int4: 'integer',
  int8: 'bigint',
}

/** Undefined: a column like this cannot hold the tenant. */
export function tenantTypeOf({ baseType }: ColumnState): TenantType | undefined {
  return TYPES[baseType]
}

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
  return assertFits(wanted, [...problems, ...wanted.mistyped.map((c) => mistyped(c, snapshot))])
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

function mistyped({ column, problem, ...table }: MistypedColumn, { relations }: Snapshot): string {
  const relation = relations.find((r) => qualifiedName(r) === qualifiedName(table))
  const users = relation ? columnUsers(relation, column, relations) : []
  const first = users.length > 0 ? ` To alter its type, ${users.join(', ')} must go first.` : ''
  return `${qualifiedName(table)}.${identifier(column)} is ${problem}${first}`
}

function joined(config: Config, snapshot: Snapshot): { wanted: Wanted; problems: string[] } {
  const problems: string[] = []
  for (const role of [...config.roles.app, ...config.roles.admin]) {
    if (!snapshot.roles.some(({ name }) => name === role)) problems.push(`Role ${role} is missing.`)
  }
  const relations = indexed(snapshot)
  const orphans: Orphan[] = []
  const listed = config.tables.flatMap((entry): Listed[] => {
    const relation = find(entry, config.schemas, relations, problems)
    if (!relation) return []
    if (relation.kind !== 'table' && relation.kind !== 'partitioned table') {
      problems.push(
        `${qualifiedName(relation)} is a ${relation.kind}; only tables have row security.`,
      )
      return []
    }
    const column = relation.columns.find(({ name }) => name === entry.column)
    problems.push(...unknownKeys(entry, relation, relations))
    if (!column) {
      orphans.push({ entry, relation })
      return []
    }
    return [{ entry, relation, column }]
  })
  // What no tenant can be of is passed on to no other table, and compared with nothing.
  const typed = listed.filter(({ column }) => tenantTypeOf(column))
  const parents = typed.map(({ relation: { schema, name }, column }) => ({ schema, name, column }))
  const { adopted, notAdopted } = findAdoptions(orphans, { parents, type: config.type })
  const fillable = parentsFirst(typed.flatMap((table) => fillableTable(table, parents, problems)))
  const global = config.global.flatMap((table) => {
    // Made by the first migration, which is planned before it is there.
    const missing = isBookkeeping(table) ? [] : problems
    const relation = find(table, config.schemas, relations, missing)
    return relation ? [{ schema: relation.schema, name: relation.name }] : []
  })

  const type = config.type ?? commonType(typed)
  const wanted: Wanted = {
    setting: config.setting,
    appRoles: config.roles.app,
    adminRoles: config.roles.admin,
    schemas: config.schemas,
    tables: unique(listed.flatMap((table) => family(table, { ...config, type }, relations))),
    withoutColumn: [...adopted, ...notAdopted].map(missingColumn),
    mistyped: listed.flatMap((table) => mistypedColumn(table, config, type)),
    adoptions: [
      ...adopted.map((table) => ({ ...table, tables: family(table, config, relations) })),
      ...fillable.map((table) => ({
        ...table,
        ...{ tables: family(table, config, relations), column: undefined },
      })),
    ].map(({ relation, entry, ...adoption }) => adoption),
    global,
    parts: config.migrations.with,
  }
  return { wanted, problems }
}

/** A table of the config with its tenant column, be it there or to be added. */
interface Listed extends Orphan {
  readonly column: ColumnState
}

interface Fillable extends Listed {
  readonly source: TenantSource
  readonly isInferred?: true
}

/** A column that is there and may be NULL although every row has a tenant. */
function fillableTable(table: Listed, parents: readonly Parent[], problems: string[]): Fillable[] {
  if (table.column.notNull || table.entry.shared) return []
  const source = sourceFor(table, parents)
  if (source && 'reason' in source) {
    problems.push(`${qualifiedName(table.relation)} cannot be filled: ${source.reason}.`)
    return []
  }
  if (source) return [{ ...table, source }]
  const inferred = inferredSource(table.relation, parents)
  if (!inferred || 'reason' in inferred) return []
  return [{ ...table, source: inferred, isInferred: true }]
}

function missingColumn({ entry, relation, reason }: NotAdopted): MissingColumn {
  const { schema, name } = relation
  return { schema, name, column: entry.column, ...(reason !== undefined && { reason }) }
}

function family({ entry, relation, column }: Listed, config: Config, relations: Relations) {
  // A column that can hold no tenant: its policies are judged by what it should be.
  const type = tenantTypeOf(column) ?? config.type ?? 'text'
  return [relation, ...descendants(relation, relations)].map((member) =>
    tenantTable(member, entry, { type, isDomain: column.isDomain }, config),
  )
}

interface Relations {
  readonly byName: ReadonlyMap<string, RelationState>
  readonly byParent: ReadonlyMap<string, readonly RelationState[]>
}

// Looked up by name: a search through all of them for each table would be quadratic.
function indexed({ relations }: Snapshot): Relations {
  const byParent = new Map<string, RelationState[]>()
  for (const relation of relations) {
    for (const parent of relation.parents) {
      const name = qualifiedName(parent)
      const children = byParent.get(name)
      if (children) children.push(relation)
      else byParent.set(name, [relation])
    }
  }
  return { byName: new Map(relations.map((r) => [qualifiedName(r), r])), byParent }
}

function find(
  { schema, name }: TableReference,
  schemas: readonly string[],
  { byName }: Relations,
  problems: string[],
): RelationState | undefined {
  const searched = schema === undefined ? schemas : [schema]
  for (const candidate of searched) {
    const relation = byName.get(qualifiedName({ schema: candidate, name }))
    if (relation) return relation
  }
  const elsewhere = [...byName.values()].find((r) => r.name === name)
  problems.push(
    `Table ${searched.map((s) => qualifiedName({ schema: s, name })).join(' or ')} is missing.${
      elsewhere ? ` There is ${qualifiedName(elsewhere)}.` : ''
    }`,
  )
  return undefined
}

function commonType([first, ...others]: readonly Listed[]): TenantType | undefined {
  const type = first && tenantTypeOf(first.column)
  return others.every(({ column }) => tenantTypeOf(column) === type) ? type : undefined
}

function mistypedColumn(
  { relation: { schema, name }, column }: Listed,
  config: Config,
  wanted: TenantType | undefined,
): MistypedColumn[] {
  const problem = typeProblem(column, config)
  if (problem === undefined) return []
  return [{ schema, name, column: column.name, actual: column.type, wanted, problem }]
}

function typeProblem(column: ColumnState, config: Config): string | undefined {
  const { type } = column
  const tenantType = tenantTypeOf(column)
  if (!tenantType) {
    return `${type}; a tenant column is ${Object.values(TYPES).join(', ')} or a domain over one of them.`
  }
  if (!config.type || config.type === tenantType) return undefined
  return `${type}, and \`tenant.type\` says ${config.type}.`
}

function descendants(root: TableName, relations: Relations): RelationState[] {
  const children = (relations.byParent.get(qualifiedName(root)) ?? []).filter(
    ({ kind }) => kind !== 'foreign table',
  )
  return children.flatMap((child) => [child, ...descendants(child, relations)])
}

function unknownKeys(
  { globalKeys }: ConfigTable,
  relation: RelationState,
  relations: Relations,
): string[] {
  const known = [relation, ...descendants(relation, relations)].flatMap(({ indexes }) =>
    indexes.flatMap(({ name, isUnique }) => (isUnique ? [name] : [])),
  )
  return globalKeys
    .filter((key) => !known.includes(key))
    .map((key) => `${qualifiedName(relation)} has no unique key ${identifier(key)}: globalKeys.`)
}

function tenantTable(
  { schema, name }: TableName,
  { column, shared, access, globalKeys }: ConfigTable,
  type: Pick<TenantTable, 'type' | 'isDomain'>,
  { setting, roles }: Config,
): TenantTable {
  return {
    ...{ schema, name, column, ...type, setting, shared, access, globalKeys },
    appRoles: roles.app,
    adminRoles: roles.admin,
  }
}

// A child that is listed itself keeps the place and the options of its own entry.
function unique(tables: readonly TenantTable[]): TenantTable[] {
  const byName = new Map<string, TenantTable>()
  for (const table of tables) {
    const key = qualifiedName(table)
    if (!byName.has(key)) byName.set(key, table)
  }
  return [...byName.values()]
}
