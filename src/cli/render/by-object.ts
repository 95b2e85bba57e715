import { grouped } from '../../util/grouped.ts'

/** The list is sorted, and a Map keeps the order in which its keys arrive: the worst object first. */
export function byObject<T extends { readonly object: string }>(
  list: readonly T[],
): Map<string, T[]> {
  return grouped(list, ({ object }) => object)
}
