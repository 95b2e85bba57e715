/** How many drivers of a dialect use a pool: the last one ends it. */
export class PoolUsers {
  readonly #counts = new WeakMap<object, number>()

  enter(pool: object): void {
    this.#counts.set(pool, (this.#counts.get(pool) ?? 0) + 1)
  }

  /** @returns whether it was the last user */
  leave(pool: object): boolean {
    const left = (this.#counts.get(pool) ?? 1) - 1
    this.#counts.set(pool, left)
    return left === 0
  }
}
