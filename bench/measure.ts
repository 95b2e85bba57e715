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
  /** Medians over the rounds. */
  readonly median: Sample
  /** Of each round. */
  readonly samples: readonly Sample[]
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
  const costs = runners.map(({ name }) => ({ name, samples: [] as Sample[] }))
  await warmUp(runners, load, rounds * WARM_UP_MS)
  for (let round = 0; round < rounds; round++) {
    for (const offset of runners.keys()) {
      // Each round starts with another runner: the first one pays for the work before it.
      const index = (offset + round) % runners.length
      const sample = await runners[index]?.time(load)
      if (sample) costs[index]?.samples.push(sample)
    }
  }
  return costs.map((cost) => ({ ...cost, median: medianOf(cost.samples) }))
}

/** The median over all rounds of the cost of one runner, divided by that of another in the same round. */
export function ratioOf(cost: Cost, base: Cost): Sample {
  const ratios = cost.samples.map(({ elapsed, cpu }, round) => {
    const other = base.samples[round]
    return { elapsed: elapsed / (other?.elapsed ?? 0), cpu: cpu / (other?.cpu ?? 0) }
  })
  return medianOf(ratios)
}

function medianOf(samples: readonly Sample[]): Sample {
  return {
    elapsed: median(samples.map(({ elapsed }) => elapsed)),
    cpu: median(samples.map(({ cpu }) => cpu)),
  }
}

// For each round that is measured: fifteen thousand short statements, shared by the processes of a runner.
// Before V8 has compiled the code, a runner with more code of its own costs up to a tenth more.
const WARM_UP_MS = 250

/** Connections are made and code is compiled before the first round: each runs as long as the others. */
async function warmUp(runners: readonly Runner[], load: Load, milliseconds: number): Promise<void> {
  const left = runners.map(() => milliseconds * 1000)
  while (left.some((micros) => micros > 0)) {
    for (const [index, runner] of runners.entries()) {
      const micros = left[index] ?? 0
      if (micros <= 0) continue
      left[index] = micros - (await runner.time(load)).elapsed * load.count * (1 + LEAD_IN)
    }
  }
}

// A process that waited while the others ran finds its memory cold: without a lead-in that is not
// measured, a statement of any runner takes up to twice the CPU of the next second.
const LEAD_IN = 0.5

/** Runs one round in this process. */
export async function time(
  run: (i: number) => Promise<unknown>,
  { count, parallel }: Load,
): Promise<Sample> {
  await spread(parallel, Math.ceil(count * LEAD_IN), run)
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
