import pg from 'pg'
import { startEmbeddedPostgres } from '../test/support/embedded-postgres.ts'
import { withProject } from './project.ts'

/** In seconds. */
const LIMIT = 5

/** Yields the lines of a report: how long many tables take, the process included. */
export async function* benchPlanning(counts: readonly number[]): AsyncGenerator<string> {
  yield '\n## Many tables, in seconds\n'
  yield '| tables | migrate:rls --dry-run | status |\n|-------:|----------------------:|-------:|'
  const server = await startEmbeddedPostgres()
  try {
    for (const [index, count] of counts.entries()) {
      await createTables(server.url, counts[index - 1] ?? 0, count)
      const { plan, status } = await measure(server.url, count)
      yield `| ${String(count).padStart(6)} | ${plan.toFixed(1).padStart(21)} | ${status.toFixed(1).padStart(6)} |`
      if (Math.max(plan, status) >= LIMIT) process.exitCode = 1
    }
  } finally {
    await server.stop()
  }
}

async function measure(url: string, count: number): Promise<{ plan: number; status: number }> {
  const tables = ['projects', ...Array.from({ length: count }, (_, n) => `t${n + 1}`)]
  const seconds = { plan: 0, status: 0 }
  await withProject({ connection: url, tables }, async ({ run }) => {
    seconds.plan = await secondsOf(() => run('migrate:rls', '--dry-run'))
    seconds.status = await secondsOf(() => run('status'))
  })
  return seconds
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
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
