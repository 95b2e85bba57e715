import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createCatalog } from './catalog.ts'

interface Options {
  readonly isQuick: boolean
  readonly print: (line: string) => void
}

const WORKER = fileURLToPath(new URL('audit-worker.js', import.meta.url))

interface Run {
  readonly code: number
  /** Milliseconds of waiting for the server. */
  readonly database: number
  /** Milliseconds from the start of the process to its end. */
  readonly wall: number
  /** Bytes, at its highest. */
  readonly memory: number
}

/** Prints what `audit` costs on catalogs of growing size: the process that a user starts, medians. */
export async function benchAudit(serverUrl: string, { isQuick, print }: Options): Promise<void> {
  const sizes = isQuick ? [100, 1000] : [100, 300, 1000, 3000, 10_000]
  print('\n## Audit: as many views and foreign keys as tenant tables\n')
  print('|  tables | database |     wall |  a table |  memory |')
  print('|--------:|---------:|---------:|---------:|--------:|')
  for (const tables of sizes) {
    print(line(tables, await measure(serverUrl, tables, isQuick ? 3 : 5)))
  }
}

async function measure(serverUrl: string, tables: number, rounds: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-bench-'))
  const url = new URL(serverUrl)
  url.pathname = `/catalog_${tables}`
  try {
    await withClient(serverUrl, (client) => client.query(`create database catalog_${tables}`))
    const config = await withClient(url.href, (client) => createCatalog(client, tables))
    writeFileSync(join(folder, 'kysely-tenants.config.json'), JSON.stringify(config))
    const runs: Run[] = []
    for (let round = 0; round < rounds; round++) runs.push(await audit(folder, url.href))
    await withClient(serverUrl, (client) => client.query(`drop database catalog_${tables}`))
    return {
      code: Math.max(...runs.map(({ code }) => code)),
      database: median(runs.map((run) => run.database)),
      wall: median(runs.map((run) => run.wall)),
      memory: Math.max(...runs.map((run) => run.memory)),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function audit(cwd: string, url: string): Promise<Run> {
  const start = performance.now()
  const child = fork(WORKER, ['audit', '--url', url, '--json'], { cwd, execArgv: [] })
  const [[told]] = await Promise.all([once(child, 'message'), once(child, 'exit')])
  const wall = performance.now() - start
  return { ...(told as Omit<Run, 'wall'>), wall }
}

function line(tables: number, { code, database, wall, memory }: Run): string {
  // A catalog in which something is found, or that was not judged, measures something else.
  if (code !== 0) throw new Error(`the audit of ${tables} tables ended with ${code}`)
  const cells = [
    tables.toLocaleString('en').padStart(7),
    `${database.toFixed(0).padStart(5)} ms`,
    `${wall.toFixed(0).padStart(5)} ms`,
    `${(wall / tables).toFixed(2).padStart(5)} ms`,
    `${(memory / 1e6).toFixed(0).padStart(4)} MB`,
  ]
  return `| ${cells.join(' | ')} |`
}

async function withClient<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
