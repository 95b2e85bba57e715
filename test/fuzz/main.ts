import { parseArgs } from 'node:util'
import { mochaGlobalSetup, mochaGlobalTeardown } from '../support/postgres.ts'
import { fuzz } from './fuzz.ts'
import { createFuzzWorld } from './world.ts'

/** Prints the counts; a failure prints the seed, the path and the smallest statement that fails. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      path: { type: 'string' },
    },
  })
  const [runs, seed] = [Number(values.runs), Number(values.seed)]
  if (!(runs > 0)) throw new Error(`--runs takes a number, not ${values.runs}`)
  if (!Number.isInteger(seed)) throw new Error(`--seed takes a whole number, not ${values.seed}`)
  await mochaGlobalSetup()
  try {
    await using world = await createFuzzWorld()
    process.stderr.write(`fuzz: ${runs} statements, --seed ${seed}\n`)
    const { path } = values
    const tally = await fuzz(world, { runs, seed, ...(path !== undefined && { path }) })
    process.stdout.write(`${JSON.stringify(tally)}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  } finally {
    await mochaGlobalTeardown()
  }
}

await main()
