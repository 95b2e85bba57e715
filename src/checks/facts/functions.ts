import type { FunctionState } from '../../catalog/function-state.ts'
import { identifier } from '../../sql/quote.ts'

/** No caller can shadow the objects that a SECURITY DEFINER function names. */
export function pinsSearchPath({ settings }: FunctionState): boolean {
  return settings.some((setting) => setting.startsWith('search_path='))
}

export function pinSearchPath({ kind, signature, schema }: FunctionState): string {
  return `alter ${kind} ${signature} set search_path = pg_catalog, ${identifier(schema)}, pg_temp`
}
