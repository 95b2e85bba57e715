import { startEmbeddedPostgres } from '../test/support/embedded-postgres.ts'
import { CONTENDERS, type Contender, openContenders } from './contenders.ts'
import { startDelay } from './delay.ts'
import { createTables } from './tables.ts'

const ROUNDS = 15
const STATEMENTS = { 0: 150, 1: 40 } as const

type Delay = keyof typeof STATEMENTS

/** Prints what a tenant costs: medians of interleaved rounds in one run, as ratios to plain Kysely. */
async function bench(): Promise<void> {
  const server = await startEmbeddedPostgres()
  try {
    const appUrl = await createTables(server.url)
    for (const delay of [0, 1] as const) {
      const wire = await startDelay(appUrl, delay)
      try {
        print(delay, await measure(wire.url, delay))
      } finally {
        await wire.stop()
      }
    }
  } finally {
    await server.stop()
  }
}

/** Microseconds per statement, median over the rounds. */
async function measure(url: string, delay: Delay): Promise<Map<string, number>> {
  const contenders = openContenders(url)
  const samples = new Map<string, number[]>(CONTENDERS.map((name) => [name, []]))
  try {
    for (const { run } of contenders) for (let i = 0; i < STATEMENTS[delay]; i++) await run(i)
    for (let round = 0; round < ROUNDS; round++) {
      // Each round begins with another contender: whoever runs first pays for what ran before.
      for (const { name, run } of rotate(contenders, round)) {
        samples.get(name)?.push(await time(run, STATEMENTS[delay]))
      }
    }
  } finally {
    for (const { end } of contenders) await end()
  }
  return new Map([...samples].map(([name, times]) => [name, median(times)]))
}

async function time(run: Contender['run'], count: number): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < count; i++) await run(i)
  return ((performance.now() - start) * 1000) / count
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function print(delay: Delay, times: Map<string, number>): void {
  const [first, second] = [...times.values()]
  const ratio = (time: number, base = Number.NaN) => `${(time / base).toFixed(2)}x`.padStart(8)
  const lines = [...times].map(
    ([name, time]) =>
      `  ${name.padEnd(50)}${time.toFixed(0).padStart(6)} µs${ratio(time, first)}${ratio(time, second)}`,
  )
  const title = delay === 0 ? 'loopback' : `${delay} ms simulated network`
  process.stdout.write(`Select by key, ${title}: median, ratio to each of the first two\n`)
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

await bench()
