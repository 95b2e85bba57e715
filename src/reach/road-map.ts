import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { acceptedLookups } from '../wanted/wanted-lookups.ts'
import type { Becoming } from './become.ts'
import { become } from './become.ts'
import { type CatalogIndex, createCatalogIndex } from './catalog-index.ts'
import { type Copied, copiedRows } from './copied-rows.ts'
import type { ReachContext } from './reach-context.ts'
import { createRights, type Rights } from './rights.ts'
import { type RoleGraph, roleGraphOf } from './role-graph.ts'
import { createTenancyIndex, type TenancyIndex } from './tenancy-index.ts'

/** All that a walk looks up. */
export interface RoadMap {
  readonly context: ReachContext
  readonly graph: RoleGraph
  readonly index: CatalogIndex
  readonly rights: Rights
  readonly tenancy: TenancyIndex
  readonly copied: ReadonlyMap<ReachRelation, Copied>
  /** The signatures of lookups that are as the tool writes them: they give the tenant of a key, and no rows. */
  readonly lookups: ReadonlySet<string>
  become(login: string): ReadonlyMap<string, Becoming>
}

export function createRoadMap(context: ReachContext): RoadMap {
  const graph = roleGraphOf(context.snapshot)
  const index = createCatalogIndex(context)
  const tenancy = createTenancyIndex(context, index)
  return {
    context,
    graph,
    index,
    tenancy,
    rights: createRights(graph, index),
    lookups: acceptedLookups(context.wanted, context.snapshot),
    copied: copiedRows(index, tenancy),
    become: (login) => become(login, graph),
  }
}
