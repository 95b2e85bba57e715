import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type pg from 'pg'
import { main } from '../../../src/cli/main.ts'
import { type MigrationProject, withMigrations } from '../../support/migration-project.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'

describe('running migrations', () => {
  it('tries again when a lock is not free, and says so', () =>
    inProject(async ({ url, write, start }) => {
      write('1_a', `export const up = (db) => sql\`alter table projects add x int\`.execute(db)`)
      await withClient(url, async (other) => {
        await other.query('begin')
        await other.query('select from projects')
        const running = start('migrate:latest')
        await running.said(
          /^· 1_a: canceling statement due to lock timeout; rolled back, try 2 of 10 in 0\.\d s\.$/m,
        )
        await other.query('commit')
        expect(await running.code).to.equal(0)
        expect(running.out()).to.equal('✔ 1_a  executed\n')
      })
    }))

  it('tries again after a deadlock; nothing of the tries before stays', () =>
    inProject(async ({ url, write, start }) => {
      await query(url, 'create sequence tries')
      write(
        '1_a',
        `export async function up(db) {
          await sql\`insert into projects (id) values (1)\`.execute(db)
          await sql\`do $$ begin
            if nextval('tries') < 3 then
              raise exception 'deadlock detected' using errcode = 'deadlock_detected';
            end if;
          end $$\`.execute(db)
        }`,
      )
      const running = start('migrate:latest')
      expect(await running.code).to.equal(0)
      expect(running.err().match(/try \d of 10/g)).to.deep.equal(['try 2 of 10', 'try 3 of 10'])
      expect(await query(url, 'select id from projects')).to.deep.equal([{ id: 1 }])
    }))

  it('does not repeat a migration without a transaction, of which a part may have happened', () =>
    inProject(async ({ url, write, start }) => {
      await query(url, 'create sequence tries')
      write(
        '1_a',
        `export const transaction = false
        export async function up(db) {
          await sql\`select nextval('tries')\`.execute(db)
          await sql\`do $$ begin
            raise exception 'deadlock detected' using errcode = 'deadlock_detected';
          end $$\`.execute(db)
        }`,
      )
      const running = start('migrate:latest')
      expect(await running.code).to.equal(2)
      expect(running.out()).to.equal('✖ 1_a  failed\n')
      expect(await query(url, 'select last_value from tries')).to.deep.equal([{ last_value: '1' }])
    }))

  for (const refusal of ['transaction = false', 'config = { transaction: false }']) {
    it(`gives a file that exports ${refusal} no transaction, and the next one its own`, () =>
      inProject(async ({ url, write, start }) => {
        write(
          '1_a',
          `export const ${refusal}
          export const up = (db) => sql\`create index concurrently i on projects (id)\`.execute(db)
          export const down = (db) => sql\`drop index concurrently i\`.execute(db)`,
        )
        write(
          '2_b',
          `export async function up(db) {
            await sql\`create table half (id int)\`.execute(db)
            await sql\`select 1 / 0\`.execute(db)
          }`,
        )
        const running = start('migrate:latest')
        expect(await running.code).to.equal(2)
        expect(running.out()).to.equal('✔ 1_a  executed\n✖ 2_b  failed\n')
        expect(await query(url, RELATIONS)).to.deep.equal([{ relname: 'i' }])

        expect(await start('migrate:down').code).to.equal(0)
        expect(await query(url, RELATIONS)).to.deep.equal([])
      }))
  }

  it('keeps a migration and the record of it together when the process is killed', () =>
    inProject(async ({ url, write, start }) => {
      write(
        '1_a',
        `export async function up(db) {
          await sql\`create table half (id int)\`.execute(db)
          await sql\`select pg_terminate_backend(pg_backend_pid())\`.execute(db)
        }`,
      )
      expect(await start('migrate:latest').code).to.equal(2)
      expect(await query(url, RELATIONS)).to.deep.equal([])
      write('1_a', 'export const up = (db) => sql`create table half (id int)`.execute(db)')
      expect(await start('migrate:latest').code).to.equal(0)
    }))

  it('waits for another migration without a statement that a concurrent index would wait for', () =>
    inProject(async ({ url, write, start }) => {
      write('1_a', 'export const up = (db) => sql`select 1`.execute(db)')
      await withClient(url, async (other) => {
        // As Kysely does: one lock for all migrators of a database.
        await other.query('select pg_advisory_lock(3853314791062309107)')
        const running = start('migrate:latest')
        await running.said(/^· Another migration is running; this one starts when it is done\.$/m)
        await other.query('create index concurrently i on projects (id)')
        expect(running.out()).to.equal('')
        await other.query('select pg_advisory_unlock(3853314791062309107)')
        expect(await running.code).to.equal(0)
        expect(running.out()).to.equal('✔ 1_a  executed\n')
      })
    }))

  it('lets two of them run every migration once', () =>
    inProject(async ({ url, write, start }) => {
      write('1_a', 'export const up = (db) => sql`create table once (id int)`.execute(db)')
      write('2_b', 'export const up = (db) => sql`select pg_sleep(0.3)`.execute(db)')
      const runs = [start('migrate:latest'), start('migrate:latest')]
      expect(await Promise.all(runs.map(({ code }) => code))).to.deep.equal([0, 0])
      expect(runs.map((run) => run.out()).toSorted()).to.deep.equal([
        '',
        '✔ 1_a  executed\n✔ 2_b  executed\n',
      ])
      expect(await query(url, 'select name from kysely_migration')).to.have.length(2)
    }))

  it('reports no statement of a long migration that is quick itself', () =>
    inProject(async ({ write, start }) => {
      write(
        '1_a',
        `export const up = async (db) => {
          for (let n = 0; n < 6; n++) await sql\`select pg_sleep(0.4)\`.execute(db)
        }`,
      )
      const running = start('migrate:latest')
      expect(await running.code).to.equal(0)
      expect(running.err()).to.equal('')
    }))

  it('cuts a long statement after a word', () =>
    inProject(async ({ write, start }) => {
      const columns = 'tenant_id, a_column_with_a_long_name, another_column_with_a_long_name'
      write(
        '1_a',
        `export const up = (db) => sql\`select pg_sleep(1.8) as ${columns.replaceAll(', ', ', 1 as ')}\`.execute(db)`,
      )
      const running = start('migrate:latest')
      await running.said(/^· select pg_sleep\(1\.8\) as tenant_id, 1 as …: 1 s$/m)
      expect(await running.code).to.equal(0)
    }))

  it('says what takes long, and whom it waits for', () =>
    inProject(async ({ url, write, start }) => {
      write(
        '1_a',
        `export const transaction = false
        export const up = (db) => sql\`create index concurrently i on projects (id)\`.execute(db)`,
      )
      await withClient(url, async (other) => {
        await other.query('begin')
        await other.query('insert into projects (id) values (1)')
        const { rows } = await other.query('select pg_backend_pid() as pid')
        const running = start('migrate:latest')
        await running.said(
          new RegExp(
            `^· create index concurrently i on projects \\(id\\): \\d+ s; ` +
              `waiting for writers before build(, \\d+ %)?; ` +
              `waits for session ${rows[0].pid} \\(postgres, idle in transaction\\)$`,
            'm',
          ),
        )
        await other.query('commit')
        expect(await running.code).to.equal(0)
      })
    }))
})

const RELATIONS = `
  select relname from pg_class
  where relnamespace = 'public'::regnamespace and relname in ('half', 'i')`

interface World {
  readonly url: string
  write(name: string, text: string): void
  start(...argv: string[]): Running
}

interface Running {
  readonly code: Promise<number>
  out(): string
  err(): string
  /** Resolves when stderr has it; fails when the command ends without. */
  said(pattern: RegExp): Promise<void>
}

function inProject(body: (world: World) => Promise<void>): Promise<void> {
  return withDatabase(async (url) => {
    await query(url, 'create table projects (id int)')
    await withMigrations({ connection: url, tables: ['projects'] }, (project) => {
      mkdirSync(join(project.folder, 'migrations'))
      const write = (name: string, text: string) =>
        writeFileSync(
          join(project.folder, `migrations/${name}.ts`),
          `import { sql } from 'kysely'\n${text}\n`,
        )
      return body({ url, write, start: (...argv) => start(project, argv) })
    })
  })
}

function start({ folder }: MigrationProject, argv: readonly string[]): Running {
  let [out, err, ended] = ['', '', false]
  const code = main(argv, {
    cwd: folder,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    color: false,
  }).finally(() => {
    ended = true
  })
  return {
    code,
    out: () => out,
    err: () => err,
    said: async (pattern) => {
      while (!pattern.test(err)) {
        if (ended) throw new Error(`ended without ${pattern}: ${out}${err}`)
        await sleep(10)
      }
    },
  }
}

async function query(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  return withClient(url, async (client) => (await client.query(sql)).rows)
}
