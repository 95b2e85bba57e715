import type { BodyFacts } from '../catalog/reach/body-facts.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { CatalogIndex } from './catalog-index.ts'
import { resolveRelation } from './resolve-names.ts'
import type { TenancyIndex } from './tenancy-index.ts'

/** Why a relation holds rows of tenant tables. */
export interface Copied {
  readonly source: ReachRelation
  /** `trigger log on public.projects`, `public.rebuild()` */
  readonly by: string
}

interface Writer {
  readonly by: string
  readonly reads: ReadonlySet<ReachRelation>
  readonly writes: ReadonlySet<ReachRelation>
}

/** The relations that are no tenant tables, and that code fills from them, also through others. */
export function copiedRows(
  index: CatalogIndex,
  tenancy: TenancyIndex,
): ReadonlyMap<ReachRelation, Copied> {
  const writers = writersOf(index).filter(({ writes }) => writes.size > 0)
  const copied = new Map<ReachRelation, Copied>()
  const isSource = (relation: ReachRelation) =>
    tenancy.standingOf(relation) === 'tenant' || copied.has(relation)
  for (let isNew = true; isNew; ) {
    isNew = false
    for (const { by, reads, writes } of writers) {
      const source = [...reads].find(isSource)
      if (!source) continue
      for (const target of writes) {
        if (target === source || isSource(target)) continue
        copied.set(target, { source: copied.get(source)?.source ?? source, by })
        isNew = true
      }
    }
  }
  return copied
}

function writersOf(index: CatalogIndex): Writer[] {
  return [...index.relations.values()]
    .flatMap((relation) => [
      ...index.triggersOn(relation.id).flatMap((trigger): Writer[] => {
        const fn = index.functions.get(trigger.function)
        if (!fn || !trigger.isEnabled) return []
        const { reads, writes } = usesOf(fn.body, fn, index)
        const by = `trigger ${trigger.name} on ${qualifiedName(relation)}`
        return [{ by, writes, reads: new Set([...(takesRow(fn) ? [relation] : []), ...reads]) }]
      }),
      ...index.placesOn(relation.id).flatMap((place): Writer[] => {
        if (place.kind !== 'rule' || !place.body) return []
        const { reads, writes } = usesOf(place.body, { settings: [], owner: relation.owner }, index)
        const by = `rule ${place.name} on ${qualifiedName(relation)}`
        return [{ by, writes, reads: new Set([relation, ...reads]) }]
      }),
    ])
    .concat(
      [...index.functions.values()].flatMap((fn) =>
        fn.returns === 'trigger' ? [] : [{ by: fn.signature, ...usesOf(fn.body, fn, index) }],
      ),
    )
}

function takesRow({ body }: ReachFunction): boolean {
  return body.rowColumns.length > 0
}

function usesOf(
  { statements }: BodyFacts,
  code: Pick<ReachFunction, 'settings' | 'owner'>,
  index: CatalogIndex,
): Pick<Writer, 'reads' | 'writes'> {
  const named = statements.flatMap(({ relations }) => relations)
  const of = (verbs: readonly string[]) =>
    new Set(
      named
        .filter(({ verb }) => verbs.includes(verb))
        .flatMap((relation) => resolveRelation(relation, code, index).found),
    )
  return { reads: of(['read']), writes: of(['insert', 'update']) }
}
