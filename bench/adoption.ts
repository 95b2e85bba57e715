import pg from 'pg'
import { startEmbeddedPostgres } from '../test/support/embedded-postgres.ts'
import { startApplication, type Waits } from './application.ts'
import { withProject } from './project.ts'

/** The longest wait of the writer of a table, in milliseconds. */
export const LONGEST_STALL = 250

interface Step extends Waits {
  readonly name: string
  readonly seconds: number
}

type Measure = (name: string, body: () => Promise<unknown>) => Promise<void>

const NAIVE = [
  'alter table naive_tasks add column tenant_id integer',
  `alter table naive_tasks alter tenant_id
     set default nullif(current_setting('app.tenant_id', true), '')::integer`,
  `update naive_tasks set tenant_id = projects.tenant_id
     from projects where projects.id = project_id`,
  'create index on naive_tasks (tenant_id)',
  'alter table naive_tasks alter tenant_id set not null',
]

/**
 * Yields the lines of a report: how long the writer of a large table waits while the table is
 * adopted, and while the same is done in the usual five statements.
 */
export async function* benchAdoption(rows: number): AsyncGenerator<string> {
  const server = await startEmbeddedPostgres()
  try {
    await execute(server.url, createTables(rows))
    // Otherwise autovacuum would start on them at some moment, and block a statement that locks the table.
    await execute(server.url, 'vacuum analyze')
    const appUrl = new URL(server.url)
    appUrl.username = 'bench_app'
    appUrl.searchParams.set('options', '-c app.tenant_id=1')

    yield `\n## A table of ${rows} rows is adopted, under one writer and one reader\n`
    const adopted = await beside(appUrl.href, { table: 'tasks', rows }, (measure) =>
      adopt(server.url, measure),
    )
    yield* report(adopted)
    yield '\n### The naive way\n'
    const naive = await beside(appUrl.href, { table: 'naive_tasks', rows }, async (measure) => {
      for (const statement of NAIVE) {
        await measure(statement.split('\n', 1).join(), () => execute(server.url, statement))
      }
    })
    yield* report(naive)
    const [ours, theirs] = [longest(adopted), longest(naive)]
    const verdict = ours < LONGEST_STALL ? 'under' : 'NOT UNDER'
    yield `\nLongest stall of the writer: ${ours.toFixed(0)} ms, ${verdict} ${LONGEST_STALL} ms; the naive way: ${theirs.toFixed(0)} ms.`
    if (ours >= LONGEST_STALL) process.exitCode = 1
  } finally {
    await server.stop()
  }
}

async function adopt(url: string, measure: Measure): Promise<void> {
  const config = { connection: url, roles: { app: 'bench_app' }, tables: ['projects', 'tasks'] }
  await withProject(config, async ({ run, migrations }) => {
    await measure('migrate:rls', () => run('migrate:rls'))
    for (const name of migrations()) {
      if (name.endsWith('_backfill')) await measure('backfill', () => run('backfill'))
      await measure(`migrate:latest, ${name.replace(/^.*_/, '')}`, () =>
        run('migrate:latest', '--to', name),
      )
    }
    await measure('migrate:rls --check', () => run('migrate:rls', '--check'))
  })
}

async function beside(
  url: string,
  table: { readonly table: string; readonly rows: number },
  body: (measure: Measure) => Promise<void>,
): Promise<Step[]> {
  const application = await startApplication(url, table)
  const steps: Step[] = []
  try {
    await body(async (name, work) => {
      application.take()
      const start = performance.now()
      await work()
      steps.push({ name, seconds: (performance.now() - start) / 1000, ...application.take() })
    })
  } finally {
    await application.stop()
  }
  return steps
}

function* report(steps: readonly Step[]): Generator<string> {
  yield `| ${''.padEnd(53)} | seconds | writer waits | reader waits |`
  yield `|${'-'.repeat(55)}|--------:|-------------:|-------------:|`
  for (const { name, seconds, writer, reader } of steps) {
    const waits = [writer, reader].map((ms) => `${ms.toFixed(0).padStart(9)} ms`)
    yield `| ${name.padEnd(53)} | ${seconds.toFixed(1).padStart(7)} | ${waits.join(' | ')} |`
  }
}

function longest(steps: readonly Step[]): number {
  return Math.max(...steps.map(({ writer }) => writer))
}

function createTables(rows: number): string {
  const columns = `
    id integer generated always as identity primary key,
    project_id integer not null references projects, title text not null`
  const content = `
    select 1 + n % 100, 'Task ' || n from generate_series(0, ${rows - 1}) n`
  return `
    create role bench_app login;
    create table projects (id integer primary key, tenant_id integer not null);
    insert into projects select n, n from generate_series(1, 100) n;
    create table tasks (${columns});
    create table naive_tasks (${columns});
    insert into tasks (project_id, title) ${content};
    insert into naive_tasks (project_id, title) ${content};
    grant select, insert, update on projects, tasks, naive_tasks to bench_app;`
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
