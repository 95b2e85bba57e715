import { benchAdoption } from './adoption.ts'
import { benchPlanning } from './planning.ts'

/** Yields the lines of a report about migrations of large databases. */
export async function* benchMigrations(isQuick: boolean): AsyncGenerator<string> {
  yield* benchAdoption(isQuick ? 100_000 : 1_000_000)
  yield* benchPlanning(isQuick ? [50, 500] : [50, 500, 5000])
}

if (process.argv[1] === import.meta.filename) {
  const lines = benchMigrations(process.argv.includes('--quick'))
  for await (const line of lines) process.stdout.write(`${line}\n`)
}
