import type { Case } from './cases.ts'
import type { Contender } from './contenders.ts'

export interface Cost {
  readonly name: string
  /** Microseconds a statement, medians over the rounds. */
  readonly elapsed: number
  /** Of this process. */
  readonly cpu: number
}

export interface Load {
  readonly rounds: number
  readonly count: number
  readonly parallel: number
  readonly tenants: number
}

/** Runs a case with each contender in turn, round by round, so that all meet the same machine. */
export async function measure(
  contenders: readonly Contender[],
  { run }: Case,
  { rounds, count, parallel, tenants }: Load,
): Promise<Cost[]> {
  const samples = contenders.map(({ name }) => ({
    name,
    elapsed: [] as number[],
    cpu: [] as number[],
  }))
  // Round 0 warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const offset of contenders.keys()) {
      // Each round begins with another contender: whoever runs first pays for what ran before.
      const index = (offset + round) % contenders.length
      const [contender, sample] = [contenders[index], samples[index]]
      if (!contender || !sample) continue
      const cpu = process.cpuUsage()
      const start = performance.now()
      await spread(parallel, count, (i) => run(contender, i, tenants))
      const elapsed = ((performance.now() - start) * 1000) / count
      const { user, system } = process.cpuUsage(cpu)
      if (round === 0) continue
      sample.elapsed.push(elapsed)
      sample.cpu.push((user + system) / count)
    }
  }
  return samples.map(({ name, elapsed, cpu }) => ({
    name,
    elapsed: median(elapsed),
    cpu: median(cpu),
  }))
}

async function spread(
  parallel: number,
  count: number,
  run: (i: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await run(next++)
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
