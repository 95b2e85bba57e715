import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Case, USUAL_TENANTS } from './cases.ts'
import type { Place } from './contenders.ts'
import type { Load, Runner, Sample } from './measure.ts'

export type Order =
  | ({ readonly kind: 'open'; readonly name: string } & Place)
  | {
      readonly kind: 'time'
      readonly case: string
      readonly tenants: number
      readonly load: Load
    }
  | { readonly kind: 'end' }

export interface Answer {
  readonly result?: unknown
  readonly error?: string
}

/** A contender in a process of its own, which lasts as long as the bench. */
export class ContenderProcess {
  readonly name: string
  readonly #child: ChildProcess

  constructor(name: string) {
    this.name = name
    this.#child = fork(new URL('./contender-worker.ts', import.meta.url), {
      execArgv: ['--import=tsx'],
    })
  }

  async open(place: Place): Promise<void> {
    await this.#ask({ kind: 'open', name: this.name, ...place })
  }

  /** What it runs in a case. */
  runner(one: Case, tenants = USUAL_TENANTS): Runner {
    const order = { kind: 'time', case: one.name, tenants } as const
    return {
      name: this.name,
      // What `time` in measure.ts returns, in the other process.
      time: async (load) => (await this.#ask({ ...order, load })) as Sample,
    }
  }

  async end(): Promise<void> {
    await this.#ask({ kind: 'end' })
  }

  stop(): void {
    this.#child.kill()
  }

  async #ask(order: Order): Promise<unknown> {
    this.#child.send(order)
    const [answer] = await once(this.#child, 'message')
    const { result, error }: Answer = answer
    if (error !== undefined) throw new Error(`${this.name}: ${error}`)
    return result
  }
}
