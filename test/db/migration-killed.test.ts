import { expect } from 'chai'
import type pg from 'pg'
import { PHASES, type PhaseName } from '../../src/migration/step.ts'
import { startCli } from '../support/cli-process.ts'
import { withMigrations } from '../support/migration-project.ts'
import { withClient, withDatabase } from '../support/postgres.ts'

// What somebody else has of the table, so that the phase has to wait. ALTER TABLE waits for a reader,
// the build of an index for a writer, a backfill for who wants no writers.
const OTHERS: Partial<Record<PhaseName, string>> = { backfill: 'share', indexes: 'row exclusive' }

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
         insert into projects values (1, gen_random_uuid());
         insert into tasks select n, 1 from generate_series(1, 100) n`,
      )
      const tables = { projects: {}, tasks: {} }
      await withMigrations({ connection: url, tables }, async (project) => {
        expect(await project.run('migrate:rls')).to.have.property('code', 0)
        const names = project.files().map((file) => file.replace('.ts', ''))
        expect(names.map((name) => name.replace(/^.*_/, ''))).to.deep.equal([...PHASES])

        for (const [index, name] of names.entries()) {
          const phase = PHASES[index] ?? 'columns'
          await killWhileWaiting(url, project.folder, OTHERS[phase] ?? 'access share')
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

async function killWhileWaiting(url: string, folder: string, mode: string): Promise<void> {
  await withClient(url, async (other) => {
    await other.query('begin')
    await other.query(`lock table tasks in ${mode} mode`)
    const cli = startCli(folder, 'migrate:latest')
    await cli.until(async () => (await query(url, WAITING)).length > 0)
    cli.kill('SIGKILL')
    expect(await cli.ended).to.deep.equal({ code: null, signal: 'SIGKILL' })
    await other.query('commit')
  })
}

async function query(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  return withClient(url, async (client) => (await client.query(sql)).rows)
}
