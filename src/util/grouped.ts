/** Keeps the order of the list, as `Map.groupBy` of Node 21 does. */
export function grouped<T, K = string>(
  list: readonly T[],
  keyOf: (entry: T) => K,
): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>()
  for (const entry of list) {
    const key = keyOf(entry)
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return groups
}
