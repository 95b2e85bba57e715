import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type pg from 'pg'
import type { TableInput } from '../../../src/config/config.ts'
import { type MigrationProject, withMigrations } from '../../support/migration-project.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'

const TENANT = '00000000-0000-4000-8000-00000000000a'

const TABLES = `
  create table projects (tenant_id uuid, id int unique, primary key (tenant_id, id));
  create table tasks (id int primary key, project_id int references projects (id));
  insert into projects values ('${TENANT}', 1)`

describe('a migration that was interrupted', () => {
  it('goes on where the backfill stopped', () =>
    inProject({ tasks: { backfill: { parent: 'projects' } } }, async (project, url) => {
      await query(url, 'insert into tasks select n, 1 from generate_series(1, 25000) n')
      await project.run('migrate:rls')
      await runFirst(project)
      await withClient(url, async (other) => {
        // Never waited for: the rest is filled, and the backfill comes back to it.
        await other.query('begin')
        await other.query('select from tasks where id = 24999 for update')
        const latest = project.run('migrate:latest')
        await until(() =>
          query(url, `select from tasks where id = 25000 and tenant_id is not null`),
        )
        await kill(url, 'do $$')
        expect(await latest).to.have.property('code', 2)
        await other.query('commit')
      })
      expect(await query(url, 'select id from tasks where tenant_id is null')).to.deep.equal([
        { id: 24999 },
      ])
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await query(url, `select from tasks where tenant_id = '${TENANT}'`)).to.have.length(
        25000,
      )
    }))

  it('builds an index again that was left invalid', () =>
    inProject({ notes: {} }, async (project, url) => {
      await query(url, 'create table notes (tenant_id uuid not null)')
      await project.run('migrate:rls')
      await withClient(url, async (other) => {
        await other.query('begin')
        await other.query('insert into notes select gen_random_uuid()')
        const latest = project.run('migrate:latest')
        await until(() => query(url, INDEX_WAITS))
        await kill(url, 'create index')
        expect(await latest).to.have.property('code', 2)
        await other.query('commit')
      })
      expect(await query(url, INDEXES)).to.deep.equal([
        { relname: 'notes_tenant_id_idx', indisvalid: false },
      ])
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await query(url, INDEXES)).to.deep.equal([
        { relname: 'notes_tenant_id_idx', indisvalid: true },
      ])
    }))

  it('ends when a deadlock is solved at its cost, is not repeated, and can run again', () =>
    inProject({ notes: {} }, async (project, url) => {
      await query(url, 'create table notes (tenant_id uuid not null)')
      await project.run('migrate:rls')
      const { pathname } = new URL(url)
      await query(url, `alter database ${pathname.slice(1)} set deadlock_timeout = '2s'`)
      await withClient(url, async (other) => {
        // Of the two, the one that looks first is the victim.
        await other.query(`set deadlock_timeout = '1min'`)
        await other.query('begin')
        await other.query('insert into notes select gen_random_uuid()')
        const latest = project.run('migrate:latest')
        await until(() => query(url, INDEX_WAITS))
        await other.query('lock table notes in share update exclusive mode')
        const { code, err } = await latest
        expect(code).to.equal(2)
        expect(err).to.match(/_indexes failed: deadlock detected; .*MIGRATION\.FAILED\n/)
        expect(err).to.include('it continues where it stopped').and.not.include('try 2')
        await other.query('commit')
      })
      expect(await query(url, INDEXES)).to.deep.equal([
        { relname: 'notes_tenant_id_idx', indisvalid: false },
      ])
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await query(url, INDEXES)).to.deep.equal([
        { relname: 'notes_tenant_id_idx', indisvalid: true },
      ])
    }))

  it('names the table and the query when a row has no tenant, and goes on without the row', () =>
    inProject({ tasks: { backfill: { parent: 'projects' } } }, async (project, url) => {
      await query(url, 'insert into tasks values (1, 1), (2, null)')
      await project.run('migrate:rls')
      const { code, out, err } = await project.run('migrate:latest')
      expect(code).to.equal(2)
      expect(out).to.match(
        /2_backfill {2}executed\n.*3_indexes {2}executed\n✖ .*4_constraints {2}failed\n/,
      )
      expect(err).to.match(
        /4_constraints failed: public\.tasks has rows without a tenant: select \* from public\.tasks where tenant_id is null;/,
      )
      expect(await query(url, 'select id from public.tasks where tenant_id is null')).to.deep.equal(
        [{ id: 2 }],
      )
      await query(url, 'delete from tasks where id = 2')
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
    }))
})

describe('a table without a tenant column', () => {
  const PROBLEMS: Readonly<Record<string, readonly [TableInput, string]>> = {
    'cannot be filled from two tables at once': [
      {},
      ': its tenants could come from public.projects, public.users',
    ],
    'cannot be filled from a table that no foreign key leads to': [
      { backfill: { parent: 'countries' } },
      ': no foreign key leads to countries',
    ],
    'needs a type when it is filled with a constant, and the others differ': [
      { backfill: { tenant: 'a' } },
      ': name the type of the column: tenant.type',
    ],
  }
  for (const [title, [input, problem]] of Object.entries(PROBLEMS)) {
    it(title, () =>
      inProject({ users: {}, countries: {}, rows: input }, async (project, url) => {
        await query(
          url,
          `create table users (tenant_id int not null, id int primary key);
           create table countries (tenant_id uuid not null);
           create table rows (
             user_id int not null references users,
             project_id int not null references projects (id)
           )`,
        )
        const { code, err } = await project.run('migrate:rls')
        expect({ code, err: err.split('\n').slice(0, 2) }).to.deep.equal({
          code: 2,
          err: [
            '✖ These tables have no tenant column, and where it would come from is not known; nothing was written.  MIGRATION.NO_COLUMN',
            `  public.rows has no column tenant_id${problem}`,
          ],
        })
        expect((await project.run('status')).out).to.include(
          `✖ public.rows has no column tenant_id${problem}\n`,
        )
      }),
    )
  }

  it('has its steps in the status, and is no blocker, when its tenants are known', () =>
    inProject({ tasks: { backfill: { parent: 'projects' } } }, async (project) => {
      const { code, out } = await project.run('status')
      expect(code).to.equal(1)
      expect(out.split('\n').find((line) => line.startsWith('public.tasks'))).to.equal(
        'public.tasks     tenant_id  missing  0/2       no       no      16 steps',
      )
    }))
})

// In this database: others wait on this server too.
const INDEX_WAITS = `
  select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'
    and starts_with(btrim(query, E' \\n'), 'create index')`

const INDEXES = `
  select c.relname, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'notes'::regclass`

function inProject(
  tables: Record<string, TableInput>,
  body: (project: MigrationProject, url: string) => Promise<void>,
): Promise<void> {
  return withDatabase(async (url) => {
    await query(url, TABLES)
    const config = { connection: url, tables: { projects: {}, ...tables } }
    await withMigrations(config, (project) => body(project, url))
  })
}

/** Only the first of the written files. */
async function runFirst({ folder, files, run }: MigrationProject): Promise<void> {
  const later = files().slice(1)
  for (const file of later) renameSync(join(folder, 'migrations', file), join(folder, file))
  expect(await run('migrate:latest')).to.have.property('code', 0)
  for (const file of later) renameSync(join(folder, file), join(folder, 'migrations', file))
}

async function until(rows: () => Promise<unknown[]>): Promise<void> {
  while ((await rows()).length === 0) await sleep(10)
}

/** The process is gone: its statement ends, its session too. */
async function kill(url: string, statement: string): Promise<void> {
  const killed = await query(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and starts_with(btrim(query, E' \\n'), '${statement}')`,
  )
  expect(killed).to.have.length(1)
}

async function query(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  return withClient(url, async (client) => (await client.query(sql)).rows)
}
