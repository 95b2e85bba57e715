/** Counts how often a property of `value`, or of anything in it, is read. */
export function countingReads<T extends object>(value: T): { counted: T; reads: () => number } {
  const proxies = new WeakMap<object, object>()
  let count = 0
  const counting = <U extends object>(target: U): U => {
    const known = proxies.get(target)
    // The proxy that was made for this very object, and is of its type.
    if (known) return known as U
    const proxy = new Proxy(target, {
      get(_, key) {
        count += 1
        const property: unknown = Reflect.get(target, key)
        return typeof property === 'object' && property !== null ? counting(property) : property
      },
    })
    proxies.set(target, proxy)
    return proxy
  }
  return { counted: counting(value), reads: () => count }
}
