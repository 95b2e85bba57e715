import { findRelation } from '../catalog/find-relation.ts'
import type { PolicyState } from '../catalog/policy-state.ts'
import type {
  CodePlace,
  KeyAction,
  ReachFunction,
  ReachRelation,
  ReachTrigger,
} from '../catalog/reach/reach-facts.ts'
import type { SecuredObject } from '../catalog/snapshot.ts'
import { grouped } from '../util/grouped.ts'
import type { ReachContext } from './reach-context.ts'

/** The facts by what they are asked for. */
export interface CatalogIndex {
  readonly relations: ReadonlyMap<number, ReachRelation>
  readonly functions: ReadonlyMap<number, ReachFunction>
  relationsNamed(name: string): readonly ReachRelation[]
  functionsNamed(name: string): readonly ReachFunction[]
  placesOn(relation: number): readonly CodePlace[]
  isCalledByPolicy(fn: number): boolean
  /** The functions and operators in a body that PostgreSQL parsed when it was made. */
  callsOf(fn: number): readonly number[]
  triggersOn(relation: number): readonly ReachTrigger[]
  keysTo(parent: number): readonly KeyAction[]
  keysFrom(child: number): readonly KeyAction[]
  childrenOf(relation: number): readonly ReachRelation[]
  /** Partitions and inheritance children, and theirs; the relation itself is the first. */
  familyOf(relation: ReachRelation): readonly ReachRelation[]
  policiesOf(relation: ReachRelation): readonly PolicyState[]
  schema(name: string): SecuredObject | undefined
}

export function createCatalogIndex({ snapshot }: ReachContext): CatalogIndex {
  const { reach, securedObjects } = snapshot
  const relations = new Map(reach.relations.map((relation) => [relation.id, relation]))
  const byName = grouped(reach.relations, ({ name }) => name)
  const functionsByName = grouped(reach.functions, ({ name }) => name)
  const isFunction = ({ kind }: CodePlace) => kind === 'function'
  const places = grouped(
    reach.places.filter((place) => !isFunction(place)),
    ({ on }) => on,
  )
  const calledByPolicies = new Set(
    reach.places.flatMap(({ kind, functions }) => (kind === 'policy' ? functions : [])),
  )
  const calls = new Map(reach.places.filter(isFunction).map((p) => [p.on, p.functions]))
  const triggers = grouped(reach.triggers, ({ relation }) => relation)
  const keysTo = grouped(reach.keyActions, ({ parent }) => parent)
  const keysFrom = grouped(reach.keyActions, ({ child }) => child)
  const children = grouped(
    reach.relations.flatMap((child) => child.parents.map((parent) => ({ parent, child }))),
    ({ parent }) => parent,
  )
  const schemas = new Map(
    securedObjects.flatMap((object) => (object.kind === 'schema' ? [[object.name, object]] : [])),
  )
  const childrenOf = (id: number) => (children.get(id) ?? []).map(({ child }) => child)
  return {
    relations,
    functions: new Map(reach.functions.map((fn) => [fn.id, fn])),
    relationsNamed: (name) => byName.get(name) ?? [],
    functionsNamed: (name) => functionsByName.get(name) ?? [],
    placesOn: (id) => places.get(id) ?? [],
    isCalledByPolicy: (id) => calledByPolicies.has(id),
    callsOf: (id) => calls.get(id) ?? [],
    triggersOn: (id) => triggers.get(id) ?? [],
    keysTo: (id) => keysTo.get(id) ?? [],
    keysFrom: (id) => keysFrom.get(id) ?? [],
    childrenOf,
    familyOf: (relation) => {
      const family = new Set([relation])
      for (const member of family) for (const child of childrenOf(member.id)) family.add(child)
      return [...family]
    },
    policiesOf: (relation) => findRelation(relation, snapshot)?.policies ?? relation.policies,
    schema: (name) => schemas.get(name),
  }
}
