import type { ReachFunction } from '../../catalog/reach/reach-facts.ts'
import { identifier } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'

/** No caller can shadow the objects that a SECURITY DEFINER function names. */
export function pinsSearchPath({ settings }: Pick<ReachFunction, 'settings'>): boolean {
  return settings.some((setting) => setting.startsWith('search_path='))
}

/** With the schemas that its unqualified names may mean so far. */
export function pinSearchPath(
  { kind, signature, schema }: Pick<ReachFunction, 'kind' | 'signature' | 'schema'>,
  { wanted }: CheckContext,
): string {
  const schemas = [...new Set([schema, ...wanted.schemas])].map(identifier)
  return `alter ${kind} ${signature} set search_path = pg_catalog, ${schemas.join(', ')}, pg_temp`
}
