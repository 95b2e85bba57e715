import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type pg from 'pg'
import { main } from '../../../../src/cli/main.ts'
import { startCli } from '../../../support/cli-process.ts'
import { type MigrationProject, withMigrations } from '../../../support/migration-project.ts'
import { createDatabase, type TestDatabase, withClient } from '../../../support/postgres.ts'
import { startSilentReplica } from '../../../support/silent-replica.ts'

const TENANT = '00000000-0000-4000-8000-00000000000a'
const FILLED = { code: 0, out: '✔ public.tasks  40 rows filled, each fired batches\n', err: '' }

// The statement that fills row 15 waits until the key is free.
const BARRIER = `
  create function barrier() returns trigger language plpgsql as $$
  begin
    if new.id = 15 then perform pg_advisory_xact_lock_shared(15); end if;
    return new;
  end $$;
  create trigger barrier before update on tasks for each row execute function barrier()`

describe('a backfill', () => {
  let database: TestDatabase
  const query = async (sql: string): Promise<pg.QueryResultRow[]> =>
    withClient(database.url, async (client) => (await client.query(sql)).rows)
  const filled = async () =>
    (await query('select id from tasks where tenant_id is not null order by id')).map(
      ({ id }) => id,
    )
  const inProject = (body: (project: MigrationProject) => Promise<void>) =>
    withMigrations({ connection: database.url, tables: ['projects', 'tasks'] }, body)
  const isSo = async (sql: string) => (await query(sql)).length > 0
  const until = async (sql: string) => {
    while (!(await isSo(sql))) await sleep(10)
  }

  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())
  beforeEach(() =>
    query(`
      drop schema public cascade;
      create schema public;
      create table projects (id int primary key, tenant_id uuid not null);
      insert into projects values (1, '${TENANT}');
      create table tasks (id int primary key, project_id int not null references projects, tenant_id uuid);
      insert into tasks select n, 1 from generate_series(1, 40) n;
    `),
  )

  const BLOCKED = `select from pg_stat_activity
    where datname = current_database() and wait_event = 'advisory'`
  const GONE = `select where not exists (select from pg_stat_activity
    where datname = current_database() and query like 'with batch%')`

  it('that is killed half-way has lost the batch it was in; a second run finishes', () =>
    inProject(async ({ folder, run }) => {
      await query(BARRIER)
      await withClient(database.url, async (other) => {
        await other.query('select pg_advisory_lock(15)')
        const cli = startCli({ folder }, 'backfill', '--batch', '10')
        await cli.until(() => isSo(BLOCKED))
        cli.kill('SIGKILL')
        expect(await cli.ended).to.deep.equal({ code: null, signal: 'SIGKILL' })
        await until(GONE)
        expect(await filled()).to.deep.equal(numbers(1, 10))
        await other.query('select pg_advisory_unlock(15)')
      })
      expect(await run('backfill', '--batch', '10')).to.deep.equal({
        ...FILLED,
        out: '✔ public.tasks  30 rows filled, each fired barrier\n',
      })
      expect(await query(`select from tasks where tenant_id = '${TENANT}'`)).to.have.length(40)
    }))

  it('that is interrupted ends with the batch it was in, and says how to go on', () =>
    inProject(async ({ folder, run }) => {
      await query(BARRIER)
      await withClient(database.url, async (other) => {
        await other.query('select pg_advisory_lock(15)')
        const cli = startCli({ folder }, 'backfill', '--batch', '10')
        await cli.until(() => isSo(BLOCKED))
        cli.kill('SIGINT')
        await cli.until(() => cli.err().includes('Stops when'))
        await other.query('select pg_advisory_unlock(15)')
        expect(await cli.ended).to.deep.equal({ code: 2, signal: null })
        expect({ out: cli.out(), err: cli.err() }).to.deep.equal({
          out: '',
          err: [
            '· Stops when the batch that is running is done.',
            '✖ Interrupted in public.tasks; 20 rows were filled before, and stay filled.  BACKFILL.INTERRUPTED',
            '  next Run the same command again; it continues where it stopped.',
            '',
          ].join('\n'),
        })
      })
      expect(await filled()).to.deep.equal(numbers(1, 20))
      expect((await run('backfill')).out).to.equal(
        '✔ public.tasks  20 rows filled, each fired barrier\n',
      )
    }))

  it('goes round a row that somebody has locked, and comes back to it', () =>
    inProject(({ run }) =>
      withClient(database.url, async (other) => {
        await other.query('begin')
        await other.query('select from tasks where id = 15 for update')
        const running = run('backfill', '--batch', '10')
        await until('select where 39 = (select count(*) from tasks where tenant_id is not null)')
        await other.query('commit')
        expect(await running).to.have.property('code', 0)
        expect(await filled()).to.deep.equal(numbers(1, 40))
      }),
    ))

  it('tries again when the table is locked, and ends there when it is told to', () =>
    inProject(({ folder }) =>
      withClient(database.url, async (other) => {
        const cli = startInMemory(folder, 'backfill')
        await other.query('begin')
        await other.query('lock table tasks in share mode')
        await cli.said(
          /^· public\.tasks: canceling statement due to lock timeout; rolled back, try 2 of 10 in 0\.\d s\.$/m,
        )
        cli.interrupt()
        expect(await cli.code).to.equal(2)
        expect(cli.err()).to.include(
          '✖ Interrupted in public.tasks; 0 rows were filled before, and stay filled.',
        )
        await other.query('commit')
        expect(await filled()).to.deep.equal([])
      }),
    ))

  it('takes its time with --rate, in batches of no more than that', () =>
    inProject(async ({ run }) => {
      await query(`
        create table batches (transaction xid);
        create function batches() returns trigger language plpgsql as $$
          begin insert into batches select pg_current_xact_id()::xid; return null; end $$;
        create trigger batches after update on tasks for each row execute function batches()`)
      const start = performance.now()
      expect(await run('backfill', '--rate', '20')).to.deep.equal(FILLED)
      // Two batches, each with its pause.
      expect(performance.now() - start).to.be.greaterThan(1900)
      expect(
        await query('select count(*)::int from batches group by transaction::text'),
      ).to.deep.equal([{ count: 20 }, { count: 20 }])
    }))

  it('waits with --max-lag for a replica that is behind, and goes on when it is not', () =>
    inProject(async ({ folder }) => {
      const replica = await startSilentReplica(database.url, 'slow_replica')
      try {
        const options = ['--batch', '10', '--rate', '40', '--max-lag', '0.2']
        const cli = startInMemory(folder, 'backfill', ...options)
        await cli.said(/^· Waits for slow_replica: more than 0\.2 s behind\.$/m)
        // The first batch was 0.25 s old when the second was done.
        expect(await filled()).to.deep.equal(numbers(1, 20))
        replica.catchUp()
        expect(await cli.code).to.equal(0)
        expect(await filled()).to.deep.equal(numbers(1, 40))
      } finally {
        await replica.stop()
      }
    }))

  it('says that --max-lag has nothing to wait for', () =>
    inProject(async ({ run }) => {
      expect(await run('backfill', '--max-lag', '1')).to.deep.equal({
        code: 0,
        out: '✔ public.tasks  40 rows filled\n',
        err: '· --max-lag: no replica is connected; there is nothing to wait for.\n',
      })
    }))
})

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

function startInMemory(folder: string, ...argv: string[]) {
  let [err, ended] = ['', false]
  let interrupt = () => {}
  const code = main(argv, {
    cwd: folder,
    out: () => undefined,
    err: (text) => {
      err += text
    },
    color: false,
    onInterrupt: (listener) => {
      interrupt = listener
      return () => undefined
    },
  }).finally(() => {
    ended = true
  })
  return {
    code,
    err: () => err,
    interrupt: () => interrupt(),
    said: async (pattern: RegExp) => {
      while (!pattern.test(err)) {
        if (ended) throw new Error(`ended without ${pattern}: ${err}`)
        await sleep(10)
      }
    },
  }
}
