/** One row of a table: what is run again and again. */
export interface Runner {
  readonly name: string
  time(load: Load): Promise<Sample>
}

/** Microseconds a run, of one round. */
export interface Sample {
  readonly elapsed: number
  /** Of the process. */
  readonly cpu: number
}

export interface Cost {
  readonly name: string
  /** Microseconds a statement, medians over the rounds. */
  readonly elapsed: number
  /** Of this process. */
  readonly cpu: number
}

export interface Load {
  /** Runs a round. */
  readonly count: number
  readonly parallel: number
}

/** Runs each in turn, round by round, so that all meet the same machine. */
export async function measure(
  runners: readonly Runner[],
  load: Load,
  rounds: number,
): Promise<Cost[]> {
  const samples = runners.map(() => ({ elapsed: [] as number[], cpu: [] as number[] }))
  await warmUp(runners, load, rounds * WARM_UP_MS)
  for (let round = 0; round < rounds; round++) {
    for (const offset of runners.keys()) {
      // Each round begins with another: whoever runs first pays for what ran before.
      const index = (offset + round) % runners.length
      const [runner, sample] = [runners[index], samples[index]]
      if (!runner || !sample) continue
      const { elapsed, cpu } = await runner.time(load)
      sample.elapsed.push(elapsed)
      sample.cpu.push(cpu)
    }
  }
  return runners.map(({ name }, index) => ({
    name,
    elapsed: median(samples[index]?.elapsed ?? []),
    cpu: median(samples[index]?.cpu ?? []),
  }))
}

// For each round that is measured: ten thousand short statements and more. Before V8 has compiled what
// runs them, they cost whoever has more code of his own up to a tenth more.
const WARM_UP_MS = 250

/** Connections are made and code is compiled before the first round: each runs as long as the others. */
async function warmUp(runners: readonly Runner[], load: Load, milliseconds: number): Promise<void> {
  const left = runners.map(() => milliseconds * 1000)
  while (left.some((micros) => micros > 0)) {
    for (const [index, runner] of runners.entries()) {
      const micros = left[index] ?? 0
      if (micros <= 0) continue
      left[index] = micros - (await runner.time(load)).elapsed * load.count
    }
  }
}

/** Runs one round in this process. */
export async function time(
  run: (i: number) => Promise<unknown>,
  { count, parallel }: Load,
): Promise<Sample> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await spread(parallel, count, run)
  const elapsed = ((performance.now() - start) * 1000) / count
  const { user, system } = process.cpuUsage(cpu)
  return { elapsed, cpu: (user + system) / count }
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
