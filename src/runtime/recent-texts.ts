/** The texts that came last, the oldest given up first. */
export class RecentTexts {
  readonly #max: number
  readonly #maxLength: number
  readonly #texts = new Set<string>()
  #length = 0

  /** @param maxLength of all texts together */
  constructor(max: number, maxLength: number) {
    this.#max = max
    this.#maxLength = maxLength
  }

  has(text: string): boolean {
    return this.#texts.has(text)
  }

  add(text: string): void {
    this.#texts.add(text)
    this.#length += text.length
    for (const oldest of this.#texts) {
      if (this.#texts.size <= this.#max && this.#length <= this.#maxLength) return
      this.#texts.delete(oldest)
      this.#length -= oldest.length
    }
  }
}
