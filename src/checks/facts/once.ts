import type { CheckContext } from './context.ts'

/**
 * Computes a fact once for each context and not once for each table: a fact that visits every relation
 * would otherwise make the audit of many tables quadratic.
 */
export function once<T>(compute: (context: CheckContext) => T): (context: CheckContext) => T {
  const known = new WeakMap<CheckContext, { readonly fact: T }>()
  return (context) => {
    const entry = known.get(context) ?? { fact: compute(context) }
    known.set(context, entry)
    return entry.fact
  }
}
