import { grouped } from '../../util/grouped.ts'

/** Groups a sorted list. A Map keeps the order of its keys, so the worst object comes first. */
export function byObject<T extends { readonly object: string }>(
  list: readonly T[],
): Map<string, T[]> {
  return grouped(list, ({ object }) => object)
}
