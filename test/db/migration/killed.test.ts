import { expect } from 'chai'
import type pg from 'pg'
import { PHASES, type PhaseName } from '../../../src/migration/step.ts'
import { startCli } from '../../support/cli-process.ts'
import { withMigrations } from '../../support/migration-project.ts'
import { roleName, withClient, withDatabase } from '../../support/postgres.ts'

// A statement of another session on the table, so that the phase has to wait. ALTER TABLE waits for
// a reader, the build of an index for a writer, a backfill for a lock against writers, REVOKE for
// another GRANT.
const OTHERS: Partial<Record<PhaseName, string>> = {
  backfill: 'lock table tasks in share mode',
  indexes: 'lock table tasks in row exclusive mode',
  privileges: 'grant select on tasks to public',
}
const READS = 'lock table tasks in access share mode'

const WAITING = `
  select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`

const RECORDED = `select name from kysely_migration order by name`

describe('migrate:latest, killed', () => {
  it('in each phase in turn, ends what it began when it runs again', () =>
    withDatabase(async (url) => {
      await query(
        url,
        `create table projects (id int primary key, tenant_id uuid not null);
         create table tasks (id int primary key, project_id int not null references projects);
         create role ${roleName(url, 'app')};
         grant truncate on tasks to ${roleName(url, 'app')};
         insert into projects values (1, gen_random_uuid());
         insert into tasks select n, 1 from generate_series(1, 100) n`,
      )
      const config = {
        connection: url,
        tables: ['projects', 'tasks'],
        roles: { app: roleName(url, 'app') },
        migrations: { with: ['foreign-keys', 'grants'] as const },
      }
      await withMigrations(config, async (project) => {
        expect(await project.run('migrate:rls')).to.have.property('code', 0)
        const names = project.files().map((file) => file.replace('.ts', ''))
        expect(names.map((name) => name.replace(/^.*_/, ''))).to.deep.equal([...PHASES])

        for (const [index, name] of names.entries()) {
          const phase = PHASES[index] ?? 'columns'
          await killWhileWaiting(url, project.folder, OTHERS[phase] ?? READS)
          const recorded = (await query(url, RECORDED).catch(() => [])).map((row) => row.name)
          expect(recorded).to.deep.equal(names.slice(0, index))
          const again = await project.run('migrate:latest', '--to', name)
          expect(again.code, again.err).to.equal(0)
          expect(again.out).to.equal(`✔ ${name}  executed\n`)
        }
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
        expect(
          await query(url, 'select from tasks join projects using (tenant_id)'),
        ).to.have.length(100)
      })
    })).timeout(120_000)
})

async function killWhileWaiting(url: string, folder: string, sql: string): Promise<void> {
  await withClient(url, async (other) => {
    await other.query('begin')
    await other.query(sql)
    const cli = startCli({ folder }, 'migrate:latest')
    await withClient(url, (watcher) =>
      cli.until(async () => (await watcher.query(WAITING)).rowCount === 1),
    )
    cli.kill('SIGKILL')
    expect(await cli.ended).to.deep.equal({ code: null, signal: 'SIGKILL' })
    await other.query('rollback')
  })
}

async function query(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  return withClient(url, async (client) => (await client.query(sql)).rows)
}
