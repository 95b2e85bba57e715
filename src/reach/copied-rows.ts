import type { BodyFacts, BodyStatement, NamedRelation } from '../catalog/reach/body-facts.ts'
import type { ReachFunction, ReachRelation, ReachTrigger } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { CatalogIndex } from './catalog-index.ts'
import { codeBehind, takenColumns } from './code-behind.ts'
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
  const writers = writersOf(index, tenancy).filter(({ writes }) => writes.size > 0)
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

function writersOf(index: CatalogIndex, tenancy: TenancyIndex): Writer[] {
  return [...index.relations.values()]
    .flatMap((relation) => [
      ...index
        .triggersOn(relation.id)
        .flatMap((trigger) => ofTrigger(trigger, relation, index, tenancy)),
      ...index.placesOn(relation.id).flatMap((place): Writer[] => {
        if (place.kind !== 'rule' || !place.body) return []
        const { reads, writes } = usesOf(place.body, { settings: [], owner: relation.owner }, index)
        const by = `rule ${place.name} on ${qualifiedName(relation)}`
        return [{ by, writes, reads: new Set([relation, ...reads]) }]
      }),
    ])
    .concat(
      [...index.functions.values()].flatMap((fn) =>
        fn.returns === 'trigger' ? [] : [ofFunction(fn, index)],
      ),
    )
}

/** What the functions that it calls return may be rows of what those read. */
function ofFunction(fn: ReachFunction, index: CatalogIndex): Writer {
  const { reads, writes } = usesOf(fn.body, fn, index)
  const called = writes.size === 0 ? [] : codeBehind(fn, index)
  const returned = called.flatMap((code) =>
    code.returns === 'rows' ? [...usesOf(code.body, code, index).reads] : [],
  )
  return { by: fn.signature, writes, reads: new Set([...reads, ...returned]) }
}

/** The row goes where the trigger writes, and where a function does that it hands more than the key to. */
function ofTrigger(
  trigger: ReachTrigger,
  relation: ReachRelation,
  index: CatalogIndex,
  tenancy: TenancyIndex,
): Writer[] {
  const fn = index.functions.get(trigger.function)
  if (!fn || !trigger.isEnabled) return []
  const handsRow = takenColumns(fn, trigger).length > 0
  const behind = handsRow ? codeBehind(fn, index) : [fn]
  const writes = behind.flatMap((code) => [...usesOf(code.body, code, index).writes])
  const takesRow = handsRow || fn.body.rowColumns.length > 0
  const reads = new Set([...(takesRow ? [relation] : []), ...usesOf(fn.body, fn, index).reads])
  const by = `trigger ${trigger.name} on ${qualifiedName(relation)}`
  const isDynamic = handsRow && behind.some(({ body }) => body.dynamicAt !== null)
  if (!isDynamic) return [{ by, reads, writes: new Set(writes) }]
  const all = new Set([...writes, ...tenancy.calledAfter(relation)])
  return [{ by: `${by}, which puts SQL together,`, reads, writes: all }]
}

function usesOf(
  { statements }: BodyFacts,
  code: Pick<ReachFunction, 'settings' | 'owner'>,
  index: CatalogIndex,
): Pick<Writer, 'reads' | 'writes'> {
  const of = (isMeant: (relation: NamedRelation, statement: BodyStatement) => boolean) =>
    statements.flatMap((statement) =>
      statement.relations
        .filter((relation) => isMeant(relation, statement))
        .flatMap((relation) => resolveRelation(relation, code, index).found),
    )
  const reads = of(
    ({ verb }, { relations }) =>
      verb === 'read' || (verb === 'delete' && relations.some((other) => other.verb === 'insert')),
  )
  return {
    reads: new Set(reads.flatMap((relation) => [...sourcesOf(relation, index)])),
    writes: new Set(of(({ verb }) => verb === 'insert' || verb === 'update')),
  }
}

/** The relation, and those that a view reads. */
function sourcesOf(relation: ReachRelation, index: CatalogIndex): ReadonlySet<ReachRelation> {
  const found = new Set([relation])
  for (const { id } of found) {
    const views = index.placesOn(id).filter(({ kind }) => kind === 'view')
    for (const read of views.flatMap(({ relations }) => relations)) {
      const source = index.relations.get(read)
      if (source) found.add(source)
    }
  }
  return found
}
