import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from '../support/postgres.ts'

const [A, B] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']

const TABLES = `
  create table projects (tenant_id uuid not null, id int, title text, primary key (tenant_id, id));
  create table archive (title text);
  insert into projects values ('${A}', 1, 'a'), ('${B}', 2, 'b');
  create materialized view totals as select count(*) from projects;
  create function stored() returns bigint language sql security definer
    set search_path = public as 'select count(*) from projects';`

/** Runs `body` as the owner of forced tables, and asks the database as a superuser. */
function asForcedOwner(
  body: (project: MigrationProject, ask: (sql: string) => Promise<unknown[]>) => Promise<void>,
): Promise<void> {
  return withDatabase(async (url) => {
    const [app, owner] = [roleName(url, 'app'), roleName(url, 'owner')]
    const ask = (sql: string) =>
      withClient(url, async (client) => (await client.query(sql)).rows as unknown[])
    await ask(`create role ${app} login; create role ${owner} login password 'secret';
      grant create, usage on schema public to ${owner}; set role ${owner}; ${TABLES}`)
    const config = { connection: loginUrl(url, owner), roles: { app }, tables: ['projects'] }
    await withMigrations(config, async (project) => {
      await project.run('migrate:rls')
      expect((await project.run('migrate:latest')).code).to.equal(0)
      await body(project, ask)
    })
  })
}

function write(
  { folder }: MigrationProject,
  { up, down = 'select 1', head = '' }: { up: string; down?: string; head?: string },
): void {
  const call = (sql: string) => `await sql\`${sql}\`.execute(db)`
  mkdirSync(join(folder, 'migrations'), { recursive: true })
  writeFileSync(
    join(folder, 'migrations/9999999999999_mine.ts'),
    `import { sql } from 'kysely'
     ${head}
     export async function up(db) { ${up.split(';').map(call).join('\n')} }
     export async function down(db) { ${call(down)} }`,
  )
}

async function ownerOf(ask: (sql: string) => Promise<unknown[]>): Promise<string> {
  const rows = await ask(`select tableowner as owner from pg_tables where tablename = 'projects'`)
  return (rows as { owner: string }[])[0]?.owner ?? ''
}

const HIDDEN =
  /^✖ Migration 9999999999999_mine failed: query would be affected by row-level security policy for table "projects"\. .* MIGRATION\.ROWS_HIDDEN\n {2}next .*--url.*BYPASSRLS.*force: false.*docs\/owner\.md/s

describe('P16 a migration that row security would filter fails', () => {
  for (const [title, sql] of [
    ['that updates rows', `update projects set title = 'new'`],
    ['that deletes rows', 'delete from projects'],
    ['that inserts rows', `insert into projects values ('${A}', 3, 'c')`],
    ['that copies rows', 'insert into archive select title from projects'],
    ['that makes a table of rows', 'create table copy as select * from projects'],
    ['that refreshes a materialized view', 'refresh materialized view totals'],
    ['that calls a function of the owner', 'insert into archive select stored()::text'],
    ['that did something before', `create table other (id int);update projects set title = 'new'`],
  ] as const) {
    it(title, () =>
      asForcedOwner(async (project, ask) => {
        write(project, { up: sql })
        const { code, out, err } = await project.run('migrate:latest')
        expect({ code, out }).to.deep.equal({ code: 2, out: '✖ 9999999999999_mine  failed\n' })
        expect(err).to.match(HIDDEN)
        expect(
          await ask(`select title, to_regclass('other') as other,
            (select count(*)::int from kysely_migration where name like '9999%') as records
            from projects order by id`),
        ).to.deep.equal([
          { title: 'a', other: null, records: 0 },
          { title: 'b', other: null, records: 0 },
        ])
      }),
    )
  }

  it('also without a transaction, and on the way back', () =>
    asForcedOwner(async (project) => {
      const sql = `update projects set title = 'new'`
      write(project, { up: sql, head: 'export const transaction = false' })
      expect((await project.run('migrate:latest')).err).to.match(HIDDEN)
      write(project, { up: 'select 1', down: sql })
      expect((await project.run('migrate:latest')).code).to.equal(0)
      expect((await project.run('migrate:down')).err).to.match(HIDDEN)
    }))

  it('but not for one tenant that the file names, for other tables, or for a login above the policies', () =>
    asForcedOwner(async (project, ask) => {
      write(project, {
        up: `insert into archive values ('mine');set local row_security = on;select set_config('app.tenant_id', '${A}', true);update projects set title = 'new'`,
      })
      await ask(`create policy owner_writes on projects to ${await ownerOf(ask)}
        using (tenant_id = current_setting('app.tenant_id')::uuid)`)
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await ask('select title from projects order by id')).to.deep.equal([
        { title: 'new' },
        { title: 'b' },
      ])
    }))

  it('but not for a login with a policy that shows it every row', () =>
    asForcedOwner(async (project, ask) => {
      await ask(`create policy all_rows on projects to ${await ownerOf(ask)} using (true)`)
      write(project, { up: `update projects set title = 'new'` })
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await ask('select title from projects order by id')).to.deep.equal([
        { title: 'new' },
        { title: 'new' },
      ])
    }))
})
