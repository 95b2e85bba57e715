import type { FunctionState } from '../../catalog/function-state.ts'
import { identifier } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'

/** No caller can shadow the objects that a SECURITY DEFINER function names. */
export function pinsSearchPath({ settings }: FunctionState): boolean {
  return settings.some((setting) => setting.startsWith('search_path='))
}

/** With the schemas that its unqualified names may mean so far. */
export function pinSearchPath(
  { kind, signature, schema }: FunctionState,
  { wanted }: CheckContext,
): string {
  const schemas = [...new Set([schema, ...wanted.schemas])].map(identifier)
  return `alter ${kind} ${signature} set search_path = pg_catalog, ${schemas.join(', ')}, pg_temp`
}
