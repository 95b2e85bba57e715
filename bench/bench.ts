import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import pg from 'pg'
import { startEmbeddedPostgres } from '../test/support/embedded-postgres.ts'
import { loadedVersion } from '../test/support/loaded-version.ts'
import { benchAudit } from './audit.ts'
import { BY_KEY, CASES, type Case, runnerOf } from './cases.ts'
import { BASELINE, BY_TENANTS, openContenders } from './contenders.ts'
import { startDelay } from './delay.ts'
import { type Cost, measure } from './measure.ts'
import { benchMigrations } from './migrations.ts'
import { measurePlugin } from './plugin.ts'
import { createTables, TENANTS } from './tables.ts'

// `--quick` for a look, `--audit` for that part alone, `--write` for the record: bench/RESULTS.md.
const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 3 : 25
const lines: string[] = []

/**
 * Prints what a tenant costs, as medians of interleaved rounds in one run and as ratios to plain Kysely,
 * and what the audit costs.
 */
async function bench(): Promise<void> {
  const server = await startEmbeddedPostgres()
  try {
    print(`${await machine(server.url)}. ${rounds} interleaved rounds, medians.`)
    if (!process.argv.includes('--audit')) await benchRuntime(server.url)
    await benchAudit(server.url, { isQuick, print })
  } finally {
    await server.stop()
  }
  for await (const line of benchMigrations(isQuick)) print(line)
  if (process.argv.includes('--write')) {
    writeFileSync(new URL('./RESULTS.md', import.meta.url), `# Results\n\n${lines.join('\n')}\n`)
  }
}

async function benchRuntime(url: string): Promise<void> {
  const appUrl = await createTables(url)
  for (const delay of [0, 1] as const) await overNetwork(appUrl, delay)
  await byTenants(appUrl)
  print('\n## The plugin\n')
  const { guard, predicate } = measurePlugin(isQuick ? 2000 : 20_000)
  print(
    `Adds ${guard.toFixed(1)} µs to a select of three tables, with predicates ${predicate.toFixed(1)} µs.`,
  )
}

async function overNetwork(url: string, delay: 0 | 1): Promise<void> {
  const wire = await startDelay(url, delay)
  const place = delay === 0 ? 'loopback' : `${delay} ms round trip`
  try {
    for (const one of CASES) await compare(wire.url, one, { place, delay, parallel: 1 })
    await compare(wire.url, BY_KEY, { place, delay, parallel: 20 })
  } finally {
    await wire.stop()
  }
}

async function compare(
  url: string,
  one: Case,
  { place, delay, parallel }: { place: string; delay: 0 | 1; parallel: number },
): Promise<void> {
  const contenders = openContenders(url, parallel, one.fixed)
  const full = one.counts[delay] * (parallel === 1 ? 1 : 5)
  const load = { rounds, count: isQuick ? Math.ceil(full / 4) : full, parallel }
  const runners = contenders.map((contender) => runnerOf(contender, one))
  try {
    table(`${one.name}, ${place}, ${parallel} in parallel`, await measure(runners, load))
  } finally {
    for (const { end } of contenders) await end()
  }
}

/** The same statements on the same table, spread over more and more tenants. */
async function byTenants(url: string): Promise<void> {
  const contenders = openContenders(url, 1, BY_KEY.fixed).filter(({ name }) =>
    BY_TENANTS.includes(name),
  )
  const load = { rounds, count: isQuick ? 50 : 300, parallel: 1 }
  try {
    for (const contender of contenders) {
      const runners = [10, 1000, TENANTS].map((tenants) => ({
        ...runnerOf(contender, BY_KEY, tenants),
        name: `${tenants.toLocaleString('en')} tenants`,
      }))
      table(`${BY_KEY.name} over tenants, ${contender.name}`, await measure(runners, load))
    }
  } finally {
    for (const { end } of contenders) await end()
  }
}

function table(title: string, costs: readonly Cost[]): void {
  const base = costs.find(({ name }) => name === BASELINE) ?? costs[0]
  const ratio = (value: number, to = Number.NaN) => `${(value / to).toFixed(2)}x`.padStart(6)
  const micros = (value: number) => `${value.toFixed(0).padStart(7)} µs`
  print(`\n## ${title}\n\n| ${''.padEnd(33)} | elapsed           | client CPU        |`)
  print(`|${'-'.repeat(35)}|------------------:|------------------:|`)
  for (const { name, elapsed, cpu } of costs) {
    const cells = [
      name.padEnd(33),
      `${micros(elapsed)} ${ratio(elapsed, base?.elapsed)}`,
      `${micros(cpu)} ${ratio(cpu, base?.cpu)}`,
    ]
    print(`| ${cells.join(' | ')} |`)
  }
}

async function machine(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`select current_setting('server_version') as version`)
  await client.end()
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim()}, Node ${process.version}, PostgreSQL ${rows[0]?.version}, Kysely ${loadedVersion('kysely')}`
}

function print(line: string): void {
  lines.push(line)
  process.stdout.write(`${line}\n`)
}

await bench()
