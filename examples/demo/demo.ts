import { strict as assert } from 'node:assert'
import { constants } from 'node:os'
import { sql } from 'kysely'
import { isTenancyError } from 'kysely-tenants'
import { type App, createApp } from './database.ts'
import { chapter, say, showCommand, showResult } from './narrator.ts'
import { createProject, type Project } from './project.ts'
import { execute, type Logins, withPostgres } from './with-postgres.ts'

// Repeated signals have no effect: a terminal and npm both send one.
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(signal))
}
process.stdout.on('error', () => interrupted.abort('SIGPIPE'))

try {
  await withPostgres(async (logins) => {
    const app = createApp(logins.app, logins.admin)
    const project = createProject(logins.owner, interrupted.signal)
    try {
      await play(app, project, logins)
    } finally {
      project.remove()
      await app.db.destroy()
    }
  })
  say('\nThe server, its data and the files of the demo are gone.')
} catch (error) {
  const { aborted, reason } = interrupted.signal
  if (!aborted) process.stderr.write(`\n${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = aborted ? 128 + constants.signals[reason as NodeJS.Signals] : 1
}

async function play(app: App, project: Project, logins: Logins): Promise<void> {
  for (const act of [before, secure, live, breakOpen, repair]) {
    interrupted.signal.throwIfAborted()
    await act(app, project, logins)
  }
}

async function before(app: App, project: Project): Promise<void> {
  chapter('A B2B database as it is today: 11 tables, 2 schemas, 3 tenants')
  say('Every query of the application has its `where`, except this one:')
  await projectsOf(app, 'acme', 6)
  say('\nWhat does the database do about it?\n')
  await project.run(['status'], 1)
}

async function secure(_: App, project: Project): Promise<void> {
  chapter('The migration that closes it')
  await project.run(['migrate:rls'], 0)
  await project.run(['migrate:latest'], 0)
  await project.run(['audit'], 0)
}

async function live(app: App): Promise<void> {
  const { db, tenancy } = app
  chapter('The same queries, through one pooled connection')
  await projectsOf(app, 'acme', 2)
  await projectsOf(app, 'globex', 1)

  const [tasks, templates] = await tenancy.run('acme', () =>
    Promise.all([
      db.selectFrom('open_tasks').select('title').execute(),
      db.selectFrom('templates').select('name').orderBy('name').execute(),
    ]),
  )
  assert.equal(tasks.length, 4)
  showResult('acme', `has ${tasks.length} open tasks in a view over its tables`)
  showResult('acme', `has the templates ${list(templates)}; the first is shared by all tenants`)

  const added = await tenancy.run('globex', () =>
    db
      .insertInto('projects')
      .values({ name: 'Hammock district', lead_id: '3' })
      .returning('tenant_id')
      .executeTakeFirstOrThrow(),
  )
  assert.deepEqual(added, { tenant_id: 'globex' })
  showResult('globex', `adds a project and names no tenant: it is stored for ${added.tenant_id}`)

  const foreign = sql`insert into projects (tenant_id, lead_id, name) values ('globex', 3, 'Mole')`
  const violation = await refusal(tenancy.run('acme', () => foreign.execute(db)))
  assert.equal(violation.code, 'TENANT.VIOLATION')
  showResult('acme', `writes a row of globex, in raw SQL: ${violation.code}`)
  showResult('', violation.message)

  const missing = await refusal(db.selectFrom('projects').selectAll().execute())
  assert.equal(missing.code, 'TENANT.MISSING')
  showResult('no scope', `asks for projects: ${missing.code}`)
  showResult('', missing.message)

  const counts = await tenancy.runAsAdmin(
    () =>
      db
        .selectFrom('projects')
        .select((eb) => ['tenant_id', eb.fn.countAll<string>().as('projects')])
        .groupBy('tenant_id')
        .orderBy('tenant_id')
        .execute(),
    { reason: 'demo' },
  )
  const expected = { acme: '2', globex: '2', initech: '3' }
  assert.deepEqual(Object.fromEntries(counts.map((row) => [row.tenant_id, row.projects])), expected)
  const sums = counts.map((row) => `${row.tenant_id} ${row.projects}`).join(', ')
  showResult('admin', `counts the projects of every tenant, with its own login: ${sums}\n`)
}

async function breakOpen(app: App, project: Project, logins: Logins): Promise<void> {
  chapter('Two policies are loosened by hand')
  for (const policy of ['tenant_access', 'tenant_isolation']) {
    const statement = `alter policy ${policy} on public.projects using (true)`
    showCommand(`psql crm -c '${statement}'`)
    await execute(logins.owner, statement)
  }
  say('')
  await projectsOf(app, 'acme', 7)
  say('')
  await project.run(['audit'], 1)
}

async function repair(app: App, project: Project): Promise<void> {
  chapter('The repair')
  await project.run(['migrate:rls'], 0)
  await project.run(['migrate:latest'], 0)
  await project.run(['audit'], 0)
  await projectsOf(app, 'acme', 2)
}

/** Asks without a `where`, as a forgetful developer would. */
async function projectsOf({ db, tenancy }: App, tenant: string, expected: number): Promise<void> {
  const projects = await tenancy.run(tenant, () =>
    db.selectFrom('projects').select('name').orderBy('name').execute(),
  )
  assert.equal(projects.length, expected)
  showResult(tenant, `asks for its projects: ${list(projects)}`)
}

function list(rows: readonly { readonly name: string }[]): string {
  return rows.map(({ name }) => name).join(', ')
}

async function refusal(statement: Promise<unknown>) {
  const outcome = await statement.then(
    () => assert.fail('the statement went through'),
    (error: unknown) => error,
  )
  assert.ok(isTenancyError(outcome), String(outcome))
  return outcome
}
