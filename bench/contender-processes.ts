import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Case, FIRST_ID, USUAL_TENANTS } from './cases.ts'
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

// The same code in two processes differs by a tenth, by where its memory and its compiled code came to lie.
const PROCESSES = 3
const IDS_OF_EACH = 10_000_000

/** A contender in processes of its own, which last as long as the bench and take turns, round by round. */
export class ContenderProcesses {
  readonly name: string
  readonly #children: readonly ChildProcess[]

  constructor(name: string) {
    this.name = name
    this.#children = Array.from({ length: PROCESSES }, startWorker)
  }

  async open(place: Place): Promise<void> {
    await this.#askAll({ kind: 'open', name: this.name, ...place })
  }

  /** The runner of a case. */
  runner(one: Case, tenants = USUAL_TENANTS): Runner {
    const order = { kind: 'time', case: one.name, tenants } as const
    const turns = takeTurns(this.#children)
    return {
      name: this.name,
      // The other process calls `time` of measure.ts.
      time: async (load) => (await this.#ask(turns.next().value, { ...order, load })) as Sample,
    }
  }

  async end(): Promise<void> {
    await this.#askAll({ kind: 'end' })
  }

  stop(): void {
    for (const child of this.#children) child.kill()
  }

  async #askAll(order: Order): Promise<void> {
    for (const child of this.#children) await this.#ask(child, order)
  }

  async #ask(child: ChildProcess, order: Order): Promise<unknown> {
    child.send(order)
    const [answer] = await once(child, 'message')
    const { result, error }: Answer = answer
    if (error !== undefined) throw new Error(`${this.name}: ${error}`)
    return result
  }
}

let started = 0

function startWorker(): ChildProcess {
  started++
  const env = { ...process.env, [FIRST_ID]: `${started * IDS_OF_EACH}` }
  return fork(new URL('./contender-worker.ts', import.meta.url), {
    execArgv: ['--import=tsx'],
    env,
  })
}

function* takeTurns<T>(those: readonly T[]): Generator<T, never> {
  for (;;) yield* those
}
