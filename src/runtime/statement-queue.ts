import { AsyncResource } from 'node:async_hooks'

/**
 * The statements of a lease, one at a time: pg's own queue drops a statement when another one times out.
 * Each is sent in the context of the code that asked for it, where tracers and loggers look.
 */
export class StatementQueue {
  // Handed in and not answered, and those of them that were not sent.
  #open = 0
  readonly #waiting: (() => void)[] = []
  #onQuiet: (() => void) | undefined

  get isQuiet(): boolean {
    return this.#open === 0
  }

  /** Takes in a statement. True: it is next; otherwise its turn comes by `wait`. */
  enter(): boolean {
    return this.#open++ === 0
  }

  wait(send: () => void): void {
    this.#waiting.push(AsyncResource.bind(send))
  }

  /** Runs `body` behind all that were handed in. */
  whenQuiet(body: () => void): void {
    this.#onQuiet = AsyncResource.bind(body)
  }

  /** A statement is answered. The code that asked for it is told before `next` sends another one. */
  leave(): void {
    this.#open--
  }

  next(): void {
    this.#waiting.shift()?.()
    if (this.#open > 0) return
    const onQuiet = this.#onQuiet
    this.#onQuiet = undefined
    onQuiet?.()
  }
}
