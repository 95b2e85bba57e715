import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import pg from 'pg'
import { startEmbeddedPostgres } from '../test/support/embedded-postgres.ts'
import { loadedVersion } from '../test/support/loaded-version.ts'
import { benchAudit } from './audit.ts'
import { BY_KEY, CASES, type Case } from './cases.ts'
import { ContenderProcesses } from './contender-processes.ts'
import { BASELINE, BY_TENANTS, NAMES, WITH_POLICIES } from './contenders.ts'
import { startDelay } from './delay.ts'
import { type Cost, type Load, measure, ratioOf, type Sample } from './measure.ts'
import { measureMemory } from './memory.ts'
import { benchMigrations } from './migrations.ts'
import { measurePlugin } from './plugin.ts'
import { measureProof } from './proof.ts'
import { createTables, TENANTS } from './tables.ts'

// `--quick` for a look, `--audit` or `--runtime` for that part alone, `--write` for the record:
// bench/RESULTS.md.
const isQuick = process.argv.includes('--quick')
const isRuntime = process.argv.includes('--runtime')
const isRecord = process.argv.includes('--write')
const rounds = isQuick ? 3 : 15
const lines: string[] = []

/**
 * Prints what a tenant costs, as medians of interleaved rounds in one run and as ratios to an application without tenancy,
 * and what the audit costs.
 */
async function bench(): Promise<void> {
  const isPart = isQuick || isRuntime || process.argv.includes('--audit')
  if (isPart && isRecord) throw new Error('--write is for a whole run, without any other option')
  const start = performance.now()
  const server = await startEmbeddedPostgres()
  try {
    print(
      `${await machine(server.url)}. ${rounds} interleaved rounds; medians, and medians of the ratios within a round: to the first row, and to the one that has the policies by hand.`,
    )
    if (!process.argv.includes('--audit')) await benchRuntime(server.url)
    if (!isRuntime) await benchAudit(server.url, { isQuick, print })
  } finally {
    await server.stop()
  }
  if (!isRuntime) for await (const line of benchMigrations(isQuick)) print(line)
  process.stderr.write(`It took ${Math.round((performance.now() - start) / 60_000)} minutes.\n`)
  if (isRecord) {
    writeFileSync(new URL('./RESULTS.md', import.meta.url), `# Results\n\n${lines.join('\n')}\n`)
  }
}

async function benchRuntime(url: string): Promise<void> {
  const appUrl = await createTables(url)
  const contenders = NAMES.map((name) => new ContenderProcesses(name))
  try {
    // Not counted: what all cases share is compiled here, and the first of them would pay for it.
    await compare(appUrl, BY_KEY, { count: BY_KEY.counts[0], parallel: 1 }, contenders)
    for (const delay of [0, 1] as const) await overNetwork(appUrl, delay, contenders)
    await byTenants(appUrl, contenders)
  } finally {
    for (const contender of contenders) contender.stop()
  }
  const proof = await measureProof(appUrl, rounds * 2)
  if (proof) {
    print('\n## The proof that a session is clean\n')
    print(
      `Takes ${proof.proof.toFixed(1)} µs of the server's CPU, of ${proof.first.toFixed(0)} µs for the select by key, and no round trip.`,
    )
  }
  print('\n## Memory of distinct texts on one connection\n')
  for (const { texts, server, client } of await measureMemory(appUrl)) {
    const count = texts.toLocaleString('en')
    print(
      `- ${count} texts, twice each: ${server} kB of the backend, ${client} kB of the client's heap.`,
    )
  }
  print('\n## The plugin\n')
  const { guard, predicate } = measurePlugin(isQuick ? 2000 : 20_000)
  print(
    `Adds ${guard.toFixed(1)} µs to a select of three tables, with predicates ${predicate.toFixed(1)} µs.`,
  )
}

type Contenders = readonly ContenderProcesses[]

async function overNetwork(url: string, delay: 0 | 1, contenders: Contenders): Promise<void> {
  const wire = await startDelay(url, delay)
  const where = delay === 0 ? 'loopback' : `${delay} ms round trip`
  const count = (one: Case) => (isQuick ? Math.ceil(one.counts[delay] / 4) : one.counts[delay])
  try {
    for (const one of CASES) {
      const load = { count: count(one), parallel: 1 }
      table(`${one.name}, ${where}`, await compare(wire.url, one, load, contenders))
    }
    const load = { count: count(BY_KEY) * 5, parallel: 20 }
    table(
      `${BY_KEY.name}, ${where}, 20 in parallel`,
      await compare(wire.url, BY_KEY, load, contenders),
    )
  } finally {
    await wire.stop()
  }
}

async function compare(
  connectionString: string,
  one: Case,
  load: Load,
  contenders: Contenders,
): Promise<Cost[]> {
  const place = { connectionString, max: load.parallel, fixed: one.fixed }
  for (const contender of contenders) await contender.open(place)
  const runners = contenders.map((contender) => contender.runner(one))
  const costs = await measure(runners, load, rounds)
  for (const contender of contenders) await contender.end()
  return costs
}

/** The same statements on the same table, spread over more and more tenants. */
async function byTenants(connectionString: string, contenders: Contenders): Promise<void> {
  const load = { count: isQuick ? 50 : 300, parallel: 1 }
  for (const contender of contenders.filter(({ name }) => BY_TENANTS.includes(name))) {
    await contender.open({ connectionString, max: 1, fixed: BY_KEY.fixed })
    const runners = [10, 1000, TENANTS].map((tenants) => ({
      ...contender.runner(BY_KEY, tenants),
      name: `${tenants.toLocaleString('en')} tenants`,
    }))
    const title = `${BY_KEY.name} over tenants, ${contender.name}`
    table(title, await measure(runners, load, rounds))
    await contender.end()
  }
}

function table(title: string, costs: readonly Cost[]): void {
  const named = (name: string) => costs.find((cost) => cost.name === name)
  const base = named(BASELINE) ?? costs[0]
  const policies = named(WITH_POLICIES)
  const ratio = (cost: Cost, other: Cost | undefined, of: keyof Sample) =>
    other ? `${ratioOf(cost, other)[of].toFixed(2)}x` : ''
  const micros = (value: number) => `${value.toFixed(0)} µs`
  print(`\n## ${title}\n`)
  print(row('', 'elapsed', '', 'of policies', 'client CPU', ''))
  print(`|${'-'.repeat(35)}|${`${'-'.repeat(12)}:|`.repeat(5)}`)
  for (const cost of costs) {
    const { elapsed, cpu } = cost.median
    print(
      row(
        cost.name,
        micros(elapsed),
        ratio(cost, base, 'elapsed'),
        ratio(cost, policies, 'elapsed'),
        micros(cpu),
        ratio(cost, base, 'cpu'),
      ),
    )
  }
}

function row(name: string, ...cells: readonly string[]): string {
  return `| ${name.padEnd(33)} | ${cells.map((cell) => cell.padStart(11)).join(' | ')} |`
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
