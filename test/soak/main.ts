import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '../support/embedded-postgres.ts'
import { soak } from './soak.ts'
import { createSoakWorld } from './soak-world.ts'
import { isSubjectName, type SubjectName } from './subject.ts'

const TENANTS = 1000

/** Prints a line of JSON at the end; the exit code is 1 if anything was found. */
async function main(): Promise<void> {
  const options = readOptions()
  const server = await startEmbeddedPostgres()
  try {
    const world = await createSoakWorld(server.url, TENANTS)
    process.stderr.write(
      `soak: ${options.subject}, ${TENANTS} tenants, ${options.statements} statements, --seed ${options.seed}\n`,
    )
    const { details, ...report } = await soak(world, options)
    for (const detail of details) process.stderr.write(`${detail}\n`)
    process.stdout.write(`${JSON.stringify(report)}\n`)
    process.exitCode = Object.keys(report.findings).length === 0 ? 0 : 1
  } finally {
    await server.stop()
  }
}

function readOptions(): { subject: SubjectName; seed: number; statements: number } {
  const { values } = parseArgs({
    options: {
      statements: { type: 'string', default: '200000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      strategy: { type: 'string', default: 'local' },
    },
  })
  const [seed, statements] = [Number(values.seed), Number(values.statements)]
  if (!Number.isInteger(seed)) throw new Error(`--seed takes a whole number, not ${values.seed}`)
  if (!(statements > 0)) throw new Error(`--statements takes a number, not ${values.statements}`)
  if (!isSubjectName(values.strategy)) throw new Error(`no strategy is named ${values.strategy}`)
  return { subject: values.strategy, seed, statements }
}

await main()
