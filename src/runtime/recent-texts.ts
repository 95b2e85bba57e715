/** The texts that came last, the oldest given up first. */
export class RecentTexts {
  readonly #max: number
  readonly #texts = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  has(text: string): boolean {
    return this.#texts.has(text)
  }

  add(text: string): void {
    if (this.#texts.size >= this.#max) {
      for (const oldest of this.#texts) {
        this.#texts.delete(oldest)
        break
      }
    }
    this.#texts.add(text)
  }
}
