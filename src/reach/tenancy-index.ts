import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { isTable } from '../catalog/relation-state.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { grouped } from '../util/grouped.ts'
import { tenantColumnFinder } from '../wanted/tenant-column-names.ts'
import type { CatalogIndex } from './catalog-index.ts'
import type { OwnRow } from './openness.ts'
import { ownRowOf } from './own-row.ts'
import type { ReachContext } from './reach-context.ts'

/**
 * The word of the config on a relation. `catalog`: one of PostgreSQL's own that holds rows. `outside`: in a schema that the config does not name. `derived`: a
 * view or what a view stored.
 */
export type Standing =
  | 'tenant'
  | 'global'
  | 'bookkeeping'
  | 'catalog'
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
  /** The tables that are called after a tenant table. */
  calledAfter(relation: ReachRelation): readonly ReachRelation[]
}

export function createTenancyIndex(
  { snapshot, wanted }: ReachContext,
  index: CatalogIndex,
): TenancyIndex {
  const byName = new Map(snapshot.reach.relations.map((r) => [qualifiedName(r), r]))
  const find = (table: TableName) => byName.get(qualifiedName(table)) ?? []
  const tables = new Map(wanted.tables.map((table) => [qualifiedName(table), table]))
  const roots = [...wanted.tables, ...wanted.withoutColumn].flatMap(find)
  const rootsByName = new Map(roots.map((root) => [root.name, root]))
  const tenants = new Set(roots.flatMap((relation) => index.familyOf(relation)))
  const global = new Set(wanted.global.flatMap(find))
  const findColumn = tenantColumnFinder(wanted, snapshot)
  const tenantColumnOf = ({ columns }: ReachRelation) =>
    findColumn({ columns: columns.map((name) => ({ name })) })?.name
  const schemas = new Set([...wanted.schemas, ...[...tenants].map(({ schema }) => schema)])

  const namesakeOf = (relation: ReachRelation) =>
    tablesBehind(relation.remoteName ?? relation.name)
      .map((table) => rootsByName.get(table))
      .find((root) => root !== undefined && root !== relation)
  const namesakes = lazy(() => grouped(snapshot.reach.relations.filter(isTable), namesakeOf))

  return {
    tenantRelations: [...tenants],
    tableOf: (relation) => tables.get(qualifiedName(relation)),
    standingOf: (relation) => {
      if (tenants.has(relation)) return 'tenant'
      if (isOfServer(relation)) return 'catalog'
      if (['view', 'materialized view'].includes(relation.kind)) return 'derived'
      if (global.has(relation) || isPartOf(relation, global, index)) return 'global'
      if (isBookkeeping(relation)) return 'bookkeeping'
      if (isOfExtension(relation)) return 'extension'
      return schemas.has(relation.schema) ? 'unlisted' : 'outside'
    },
    ownRowOf: (relation) => {
      const table = tables.get(qualifiedName(relation))
      if (table) return ownRowOf(table)
      return { texts: [], columns: relation.columns, setting: wanted.setting }
    },
    tenantColumnOf,
    namesakeOf,
    calledAfter: (relation) => namesakes().get(relation) ?? [],
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

// A superuser may put relations of his own beside those of PostgreSQL.
function isOfServer({ schema, id }: ReachRelation): boolean {
  return schema === 'pg_catalog' && id < 16_384
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

/** No more of it was given than the extension gave. PL/pgSQL has no tables. */
function isOfExtension({ extension, grants }: ReachRelation): boolean {
  return extension !== null && extension !== 'plpgsql' && grants.every(({ isInitial }) => isInitial)
}

const COPIES =
  'history|log|logs|audit|archive|archived|copy|backup|bak|old|hist|versions|revisions|snapshot|queue|outbox|deleted|trash|staging|export|cache|index|search'
const COPY = new RegExp(`^(?:${COPIES})(?:_\\w+)?$`, 'i')

/** The tables that `archive.projects`, `projects_history` or `old_projects` may be called after. */
function tablesBehind(name: string): string[] {
  const parts = name.split('_')
  const isCopy = (words: readonly string[]) => COPY.test(words.join('_'))
  return parts.flatMap((_, i) => [
    ...(i === 0 ? [name] : []),
    ...(i > 0 && isCopy(parts.slice(i)) ? [parts.slice(0, i).join('_')] : []),
    ...(i > 0 && isCopy(parts.slice(0, i)) ? [parts.slice(i).join('_')] : []),
  ])
}
