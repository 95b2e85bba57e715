import { scopeEnded } from '../../errors/application.ts'

/** One body at a time, in the order of the calls; none after the end. */
export class Turns {
  /** Bodies that were handed in and are not done. */
  open = 0
  #last: Promise<void> = Promise.resolve()
  #hasEnded = false

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /**
   * Waits for one's turn; the result ends it.
   *
   * @throws `SCOPE.ENDED`
   */
  async take(): Promise<() => void> {
    if (this.#hasEnded) throw scopeEnded()
    this.open++
    const before = this.#last
    let done: () => void = () => undefined
    this.#last = new Promise((resolve) => {
      done = resolve
    })
    await before
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      this.open--
      done()
    }
    if (this.#hasEnded) {
      end()
      throw scopeEnded()
    }
    return end
  }

  async run<T>(body: () => Promise<T>): Promise<T> {
    const end = await this.take()
    try {
      return await body()
    } finally {
      end()
    }
  }

  /** Resolves when every body that was handed in is done. */
  quiet(): Promise<void> {
    return this.#last
  }

  /** Nothing more is taken; resolves when every body is done. */
  async end(): Promise<void> {
    this.#hasEnded = true
    await this.#last
  }
}
