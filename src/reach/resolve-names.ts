import type { NamedCall, NamedRelation } from '../catalog/reach/body-facts.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { CatalogIndex } from './catalog-index.ts'

export interface Resolved<T> {
  readonly found: readonly T[]
  /** The search_path of the caller decides, and there is more than one. */
  readonly isUnsure: boolean
}

type Code = Pick<ReachFunction, 'settings' | 'owner'>

/** The schemas of the SET clause of a function, as PostgreSQL goes through them; undefined without one. */
export function searchPathOf({ settings, owner }: Code): string[] | undefined {
  const setting = settings.find((entry) => entry.startsWith('search_path='))
  if (setting === undefined) return undefined
  const names = [...setting.slice('search_path='.length).matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)]
  return names
    .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
    .map((name) => (name === '$user' ? owner : name))
    .filter((name) => name !== '')
}

export function resolveRelation(
  named: NamedRelation,
  code: Code,
  index: CatalogIndex,
): Resolved<ReachRelation> {
  return resolve(named, searchPathOf(code), index.relationsNamed(named.name))
}

export function resolveFunction(
  named: NamedCall,
  code: Code,
  index: CatalogIndex,
): Resolved<ReachFunction> {
  return resolve(named, searchPathOf(code), index.functionsNamed(named.name))
}

function resolve<T extends { readonly schema: string }>(
  { schema }: { readonly schema: string | null },
  path: readonly string[] | undefined,
  candidates: readonly T[],
): Resolved<T> {
  if (schema !== null) {
    return { found: candidates.filter((c) => c.schema === schema), isUnsure: false }
  }
  const first = path?.find((name) => candidates.some((c) => c.schema === name))
  if (first !== undefined) {
    return { found: candidates.filter((c) => c.schema === first), isUnsure: false }
  }
  const schemas = new Set(candidates.map((c) => c.schema))
  return { found: candidates, isUnsure: schemas.size > 1 }
}
