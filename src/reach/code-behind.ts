import type { ReachFunction, ReachTrigger } from '../catalog/reach/reach-facts.ts'
import type { CatalogIndex } from './catalog-index.ts'
import { resolveFunction } from './resolve-names.ts'

/** A function and all that it calls, also through others. */
export function codeBehind(fn: ReachFunction, index: CatalogIndex): ReachFunction[] {
  const found = new Set([fn])
  for (const code of found) for (const called of calledBy(code, index)) found.add(called)
  return [...found]
}

function calledBy(fn: ReachFunction, index: CatalogIndex): ReachFunction[] {
  const named = fn.body.statements
    .flatMap(({ calls }) => calls)
    .flatMap((call) => resolveFunction(call, fn, index).found)
  const parsed = [...index.callsOf(fn.id), ...fn.parts].flatMap(
    (id) => index.functions.get(id) ?? [],
  )
  return [...named, ...parsed]
}

// A key or a time says which row changed; row security decides about a query for the rest of that row.
const TELLS_LITTLE = /^(?:id|uuid|key|version|.*_id|.*Id|.*_at|.*At)$/

export function tellsLittle(column: string): boolean {
  return TELLS_LITTLE.test(column)
}

/** The columns of its row that a trigger function takes and that tell more than which row it is. */
export function takenColumns(fn: ReachFunction, { hasTransitions }: ReachTrigger): string[] {
  if (hasTransitions) return ['*']
  return fn.body.rowColumns.filter((column) => !tellsLittle(column))
}
