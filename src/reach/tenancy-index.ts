import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { tenantColumnFinder } from '../wanted/tenant-column-names.ts'
import type { CatalogIndex } from './catalog-index.ts'
import type { OwnRow } from './openness.ts'
import { ownRowOf } from './own-row.ts'
import type { ReachContext } from './reach-context.ts'

/**
 * The word of the config on a relation. `outside`: in a schema that the config does not name. `derived`: a
 * view or what a view stored.
 */
export type Standing =
  | 'tenant'
  | 'global'
  | 'bookkeeping'
  | 'extension'
  | 'derived'
  | 'unlisted'
  | 'outside'

export interface TenancyIndex {
  /** In the order of the config. */
  readonly tenantRelations: readonly ReachRelation[]
  /** Of a relation that has its tenant column. */
  tableOf(relation: ReachRelation): TenantTable | undefined
  standingOf(relation: ReachRelation): Standing
  /** How the words of its policies tell the own rows. */
  ownRowOf(relation: ReachRelation): OwnRow
  tenantColumnOf(relation: ReachRelation): string | undefined
  /** The tenant table that it is called after. */
  namesakeOf(relation: ReachRelation): ReachRelation | undefined
}

export function createTenancyIndex(
  { snapshot, wanted }: ReachContext,
  index: CatalogIndex,
): TenancyIndex {
  const byName = new Map(snapshot.reach.relations.map((r) => [qualifiedName(r), r]))
  const find = (table: TableName) => byName.get(qualifiedName(table)) ?? []
  const tables = new Map(wanted.tables.map((table) => [qualifiedName(table), table]))
  const roots = [...wanted.tables, ...wanted.withoutColumn].flatMap(find)
  const tenants = new Set(roots.flatMap((relation) => index.familyOf(relation)))
  const global = new Set(wanted.global.flatMap(find))
  const findColumn = tenantColumnFinder(wanted, snapshot)
  const tenantColumnOf = ({ columns }: ReachRelation) =>
    findColumn({ columns: columns.map((name) => ({ name })) })?.name
  const schemas = new Set([...wanted.schemas, ...[...tenants].map(({ schema }) => schema)])

  return {
    tenantRelations: [...tenants],
    tableOf: (relation) => tables.get(qualifiedName(relation)),
    standingOf: (relation) => {
      if (tenants.has(relation)) return 'tenant'
      if (['view', 'materialized view'].includes(relation.kind)) return 'derived'
      if (global.has(relation) || isPartOf(relation, global, index)) return 'global'
      if (isBookkeeping(relation)) return 'bookkeeping'
      if (relation.extension !== null && !isOpened(relation)) return 'extension'
      return schemas.has(relation.schema) ? 'unlisted' : 'outside'
    },
    ownRowOf: (relation) => {
      const table = tables.get(qualifiedName(relation))
      if (table) return ownRowOf(table)
      return { texts: [], columns: relation.columns, setting: wanted.setting }
    },
    tenantColumnOf,
    namesakeOf: (relation) =>
      roots.find((root) => root !== relation && isCalledAfter(relation.name, root.name)),
  }
}

// A partition goes with its parent. An inheritance child that adds columns is a table of its own.
function isPartOf(
  { parents, columns }: ReachRelation,
  global: ReadonlySet<ReachRelation>,
  index: CatalogIndex,
): boolean {
  return parents.some((id) => {
    const parent = index.relations.get(id)
    if (!parent) return false
    const isSame = columns.every((column) => parent.columns.includes(column))
    return isSame && (global.has(parent) || isPartOf(parent, global, index))
  })
}

/** Somebody gave more of it than the extension it is a member of did. */
function isOpened({ grants }: ReachRelation): boolean {
  return grants.some(({ isInitial }) => !isInitial)
}

const COPIES =
  'history|log|logs|audit|archive|archived|copy|backup|bak|old|hist|versions|revisions|snapshot|queue|outbox|deleted|trash|staging|export|cache|index|search'

/** `archive.projects`, `projects_history`, `old_projects` of `projects`. */
function isCalledAfter(name: string, table: string): boolean {
  if (name === table) return true
  const [rest, isAfter] = name.startsWith(`${table}_`)
    ? [name.slice(table.length + 1), true]
    : [name.slice(0, -(table.length + 1)), name.endsWith(`_${table}`)]
  return isAfter && new RegExp(`^(?:${COPIES})(?:_\\w+)?$`, 'i').test(rest)
}
