import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { RoadMap } from './road-map.ts'
import type { Standing } from './tenancy-index.ts'

const NEVER_DATA: ReadonlySet<Standing> = new Set(['tenant', 'bookkeeping', 'catalog', 'derived'])

/** Why rows of tenants are believed to be in a relation that is not listed. */
export function holdsTenants(relation: ReachRelation, map: RoadMap): string | undefined {
  const standing = map.tenancy.standingOf(relation)
  if (NEVER_DATA.has(standing)) return undefined
  const column = map.tenancy.tenantColumnOf(relation)
  if (column !== undefined) return `it has a column ${column}`
  const copied = map.copied.get(relation)
  if (copied) return `${copied.by} fills it from ${qualifiedName(copied.source)}`
  const parent = parentOf(relation, map)
  if (parent) return `each row refers to one of ${qualifiedName(parent)}`
  const namesake = map.tenancy.namesakeOf(relation)
  const isNamed = namesake && `it is called after ${qualifiedName(namesake)}`
  // A foreign table is one of the other side by its name there.
  if (relation.kind === 'foreign table' && isNamed) return isNamed
  if (standing === 'global' || standing === 'extension') return undefined
  if (isNamed) return isNamed
  return standing === 'unlisted' ? 'it is neither listed nor global' : undefined
}

/** A tenant table whose rows those of the relation belong to. A key to the tenants themselves only lists them. */
function parentOf({ id }: ReachRelation, { index, tenancy }: RoadMap): ReachRelation | undefined {
  return index.keysFrom(id).flatMap(({ parent, referencedColumns }) => {
    const table = index.relations.get(parent)
    const column = table && tenancy.tableOf(table)?.column
    const isOfTenants = referencedColumns.length === 1 && referencedColumns[0] === column
    return table && column !== undefined && !isOfTenants ? table : []
  })[0]
}
