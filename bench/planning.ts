import pg from 'pg'
import { startEmbeddedPostgres } from '../test/support/embedded-postgres.ts'
import { withProject } from './project.ts'

/** In seconds. */
const LIMIT = 5

/** Yields the lines of a report: how long the plan of many tables takes, the process included. */
export async function* benchPlanning(counts: readonly number[]): AsyncGenerator<string> {
  yield '\n## `migrate:rls --dry-run`\n'
  yield '| tables | seconds |\n|-------:|--------:|'
  const server = await startEmbeddedPostgres()
  try {
    for (const [index, count] of counts.entries()) {
      await createTables(server.url, counts[index - 1] ?? 0, count)
      const seconds = await plan(server.url, count)
      yield `| ${String(count).padStart(6)} | ${seconds.toFixed(1).padStart(7)} |`
      if (seconds >= LIMIT) process.exitCode = 1
    }
  } finally {
    await server.stop()
  }
}

async function plan(url: string, count: number): Promise<number> {
  const tables = ['projects', ...Array.from({ length: count }, (_, n) => `t${n + 1}`)]
  let seconds = 0
  await withProject({ connection: url, tables }, async ({ run }) => {
    const start = performance.now()
    await run('migrate:rls', '--dry-run')
    seconds = (performance.now() - start) / 1000
  })
  return seconds
}

// A thousand in a transaction: each needs a few locks.
async function createTables(url: string, from: number, to: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(
      'create table if not exists projects (id int primary key, tenant_id uuid not null)',
    )
    for (let first = from + 1; first <= to; first += 1000) {
      await client.query(`
        do $$ begin
          for n in ${first}..${Math.min(first + 999, to)} loop
            execute format('create table t%s (id int primary key,
              project_id int not null references projects %s)',
              n, case n % 2 when 0 then ', tenant_id uuid' end);
          end loop;
        end $$`)
    }
  } finally {
    await client.end()
  }
}
