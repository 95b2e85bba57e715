import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type pg from 'pg'
import { withMigrations } from '../../support/migration-project.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'
import type { CliRun } from '../../support/run-cli.ts'

const TENANT = '00000000-0000-4000-8000-00000000000a'

const TABLES = `
  create table projects (id int primary key, tenant_id uuid, unique (tenant_id, id));
  create table tasks (
    id int primary key, tenant_id uuid,
    project_id int not null references projects deferrable initially deferred,
    unique (tenant_id, id)
  );
  insert into projects values (1, '${TENANT}')`

const WAITING = `
  select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

const LOCKED_PARENT = `
  select from pg_locks join pg_database on pg_database.oid = database
  where datname = current_database() and relation = 'projects'::regclass and mode = 'AccessExclusiveLock'`

describe('migrate:latest beside an application', () => {
  it('locks tables in the order in which an insert does, so that none of the two gives way', () =>
    besideMigration(async (application, migration) => {
      await application.query('begin')
      await application.query(`insert into tasks values (1, '${TENANT}', 1)`)
      const running = migration()
      await sleepUntilWaiting(application)
      // The check of the foreign key will lock the other table.
      expect((await application.query(LOCKED_PARENT)).rows).to.deep.equal([])
      await application.query('commit')
      expect(await running).to.have.property('code', 0)
    }))

  it('gives way, and tries again, when the application locks them the other way round', () =>
    besideMigration(async (application, migration) => {
      await application.query('begin')
      await application.query('select from projects')
      const running = migration()
      await sleepUntilWaiting(application)
      expect((await application.query('select from tasks')).rows).to.deep.equal([])
      await application.query('commit')
      const { code, err } = await running
      expect(code).to.equal(0)
      expect(err).to.match(
        /^(· .*: (deadlock detected|canceling .* lock timeout); rolled back, .*\n)+$/,
      )
    }))
})

function besideMigration(
  body: (application: pg.Client, migration: () => Promise<CliRun>) => Promise<void>,
): Promise<void> {
  return withDatabase((url) =>
    withClient(url, async (application) => {
      await application.query(TABLES)
      const config = { connection: url, tables: ['projects', 'tasks'] }
      await withMigrations(config, async ({ run }) => {
        await run('migrate:rls')
        await body(application, () => run('migrate:latest'))
      })
    }),
  )
}

async function sleepUntilWaiting(client: pg.Client): Promise<void> {
  do {
    await sleep(10)
    // A transaction would see the activity as it was when it looked first.
    await client.query('select pg_stat_clear_snapshot()')
  } while ((await client.query(WAITING)).rows.length === 0)
}
