import { expect } from 'chai'
import type { ConfigInput, TableInput } from '../../../src/config/config.ts'
import type { MigrationPart } from '../../../src/config/migration-part.ts'
import {
  type MigrationProject,
  readRelations,
  withMigrations,
} from '../../support/migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from '../../support/postgres.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'

const TABLES = `
  create table projects (id int primary key, tenant_id uuid not null, name text);
  create table tasks (
    id int primary key, tenant_id uuid not null, project_id int references projects on delete set null
  );
  create table visits (
    id int primary key, tenant_id uuid not null, project_id int references projects on delete cascade
  ) partition by range (id);
  create table visits_1 partition of visits for values from (0) to (9);
  create unique index projects_by_name on projects (lower(name));
  insert into projects values (1, '${A}', 'a'), (2, '${B}', 'b');
  insert into tasks values (1, '${A}', 1), (2, '${B}', 2);
  insert into visits values (1, '${A}', 1), (2, '${B}', 2)`

const LISTED = { projects: {}, tasks: {}, visits: {} }

describe('keys that hold the tenant', () => {
  it('leave every file its own way back, and forth again', () =>
    inProject({ tables: LISTED, with: ['foreign-keys', 'unique-keys'] }, async (project, url) => {
      await migrate(project)
      const files = project.files()
      for (const [index, file] of files.toReversed().entries()) {
        const after = await readUnvalidated(url)
        await project.call(file, 'down')
        const before = await readUnvalidated(url)
        await project.call(file, 'up')
        expect(await readUnvalidated(url), `${index}: ${file} again`).to.deep.equal(after)
        await project.call(file, 'down')
        expect(await readUnvalidated(url), `${index}: ${file} undone again`).to.deep.equal(before)
      }
    }))

  it('refuse a reference to another tenant by the name that the foreign key had', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      await migrate(project)
      // PostgreSQL 14 leaves the one that sets NULL to the user.
      for (const table of (await isBefore15(url)) ? ['visits'] : ['tasks', 'visits']) {
        const refused = await attempt(url, `insert into ${table} values (3, '${A}', 2)`)
        expect(refused).to.match(new RegExp(`violates foreign key constraint "${table}_project_id`))
      }
    }))

  it('lose the reference and not the tenant when the row that they refer to is deleted', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      const { err } = await project.run('migrate:rls')
      if (await isBefore15(url)) {
        return expect(err).to.include(
          'public.tasks: foreign key tasks_project_id_fkey may lead to a row of another tenant in public.projects; before PostgreSQL 15, ON DELETE SET NULL would change the tenant too: choose RESTRICT or CASCADE\n',
        )
      }
      await project.run('migrate:latest')
      await query(url, 'delete from projects where id = 1')
      expect(await query(url, 'select * from tasks where id = 1')).to.deep.equal([
        { id: 1, tenant_id: A, project_id: null },
      ])
      expect(await query(url, 'select id from visits')).to.deep.equal([{ id: 2 }])
    }))

  it('need no other index for the tenant', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      await migrate(project)
      expect(
        await query(
          url,
          `select indexname as name from pg_indexes where tablename = 'projects' order by 1`,
        ),
      ).to.deep.equal([
        { name: 'projects_by_name' },
        { name: 'projects_pkey' },
        { name: 'projects_tenant_id_id_key' },
      ])
    }))

  it('let two tenants have the same values', () =>
    inProject({ tables: { projects: {} }, with: ['unique-keys'] }, async (project, url) => {
      await query(url, 'drop table tasks, visits')
      await migrate(project)
      expect(await attempt(url, `insert into projects values (1, '${B}', 'A')`)).to.equal('done')
      expect(await attempt(url, `insert into projects values (9, '${B}', 'a')`)).to.match(
        /"projects_by_name"/,
      )
      expect(await attempt(url, `insert into projects values (1, '${B}', 'c')`)).to.match(
        /"projects_pkey"/,
      )
    }))
})

describe('a key that is meant to span all tenants', () => {
  it('is named by one that exists', () =>
    inProject({ tables: { projects: { globalKeys: ['nope'] } }, with: [] }, async (project) => {
      const { code, err } = await project.run('migrate:rls')
      expect({ code, err: err.split('\n').slice(0, 2) }).to.deep.equal({
        code: 2,
        err: [
          '✖ The config and the database do not fit; nothing was done.  CATALOG.MISMATCH',
          '  public.projects has no unique key nope: globalKeys.',
        ],
      })
    }))

  it('stays, and is a finding of level low', () =>
    inProject(
      { tables: { projects: { globalKeys: ['projects_by_name'] } }, with: ['unique-keys'] },
      async (project, url) => {
        await query(url, 'drop table tasks, visits')
        await migrate(project)
        const { out } = await project.run('audit', '--json')
        const found = JSON.parse(out).findings.filter(
          ({ check }: { check: string }) => check === 'unique-without-tenant',
        )
        expect(
          found.map(({ level, summary }: { level: string; summary: string }) => [level, summary]),
        ).to.deep.equal([
          [
            'low',
            'projects_by_name (lower(name)) spans all tenants, as `globalKeys` of the config wants it.',
          ],
        ])
      },
    ))
})

describe('rows that break a key', () => {
  it('are shown by the query of the message; mended, the migration goes on', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      await query(url, `insert into visits values (3, '${A}', 2), (4, '${A}', null)`)
      await project.run('migrate:rls')
      const failed = await project.run('migrate:latest')
      expect(failed.code).to.equal(2)
      expect(failed.err).to.match(/ MIGRATION\.ROWS_IN_THE_WAY\n/)
      const [, name, table, rows = ''] =
        /_validation failed: (\S+) has rows that refer to another tenant in (\S+), which visits_project_id_fkey_tenant forbids: (select .*?);/.exec(
          failed.err,
        ) ?? []
      // Before 18 each partition is validated for itself.
      expect([name, table]).to.be.deep.oneOf([
        ['public.visits', 'public.projects'],
        ['public.visits_1', 'public.projects'],
      ])
      expect(await query(url, rows)).to.deep.equal([{ id: 3, tenant_id: A, project_id: 2 }])

      await query(url, 'delete from visits where id = 3')
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
    }))

  it('are shown when a unique index that is not valid hides them', () =>
    inProject({ tables: { notes: {} }, with: ['unique-keys'] }, async (project, url) => {
      await query(
        url,
        `create table notes (id int, tenant_id uuid not null, name text);
         insert into notes values (1, '${A}', 'x'), (2, '${A}', 'X'), (3, '${B}', 'x'), (4, '${A}', null), (5, '${A}', null)`,
      )
      const build = 'create unique index concurrently notes_by_name on notes (lower(name))'
      expect(await attempt(url, build)).to.match(/could not create unique index/)
      await project.run('migrate:rls')
      const failed = await project.run('migrate:latest')
      expect(failed.code).to.equal(2)
      const [, rows = ''] =
        /_indexes failed: public\.notes has values twice that notes_by_name wants to be unique for each tenant: (select .*?);/.exec(
          failed.err,
        ) ?? []
      expect(await query(url, rows)).to.deep.equal([{ tenant_id: A, lower: 'x', count: '2' }])

      await query(url, 'delete from notes where id = 2')
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
      expect(await attempt(url, `insert into notes values (6, '${B}', 'X')`)).to.match(
        /"notes_by_name"/,
      )
    }))
})

describe('an owner whom the policies bind', () => {
  it('validates what it cannot see, and back', () =>
    inProject({ tables: LISTED, with: [], owner: true }, async (project, url) => {
      await migrate(project)
      const forced = await readRelations(url)
      const files = project.files().length
      const parts = 'foreign-keys,unique-keys'
      await query(url, `insert into visits values (3, '${A}', 2)`)

      await project.run('migrate:rls', '--with', parts)
      const failed = await project.run('migrate:latest')
      expect(failed.err).to.match(/MIGRATION\.ROWS_IN_THE_WAY/)
      await query(url, 'delete from visits where id = 3')
      const latest = await project.run('migrate:latest')
      expect(latest.code, latest.err).to.equal(0)
      expect((await project.run('migrate:rls', '--check', '--with', parts)).code).to.equal(0)

      for (const file of project.files().slice(files).toReversed()) {
        const down = await project.run('migrate:down')
        expect(down.code, `${file}: ${down.err}`).to.equal(0)
      }
      expect(withoutNumbers(await readRelations(url))).to.deep.equal(withoutNumbers(forced))
    }))
})

describe('a view over tenant tables', () => {
  it('is planned where the application uses it, and says what its readers lack', () =>
    inProject({ tables: { projects: {} }, with: ['views'] }, async (project, url) => {
      if (await isBefore15(url)) return
      const [app, report] = [roleName(url, 'app'), roleName(url, 'report')]
      await query(
        url,
        `create role ${report}; create view names as select name from projects;
         create view first_names as select * from names; create view totals as select count(*) from projects;
         create view numbers as select 1 as number; grant select on first_names, numbers to ${app};
         grant select on first_names to ${report}`,
      )
      const { out } = await project.run('migrate:rls', '--json')
      const privileges = JSON.parse(out).phases.find(
        ({ name }: { name: string }) => name === 'privileges',
      )
      expect(
        privileges.steps.map(({ up, hazard }: { up: string; hazard: string }) => [up, hazard]),
      ).to.deep.equal([
        [
          'alter view public.names set (security_invoker = true)',
          `Fails for the application: ${app} must first get SELECT on public.projects. Who may use it needs privileges on what it reads.`,
        ],
        [
          'alter view public.first_names set (security_invoker = true)',
          `Fails for the application: ${app} must first get SELECT on public.names. Also read by ${report}: they need privileges and policies of their own. Who may use it needs privileges on what it reads.`,
        ],
      ])
    }))
})

describe('privileges', () => {
  it('that everybody had stay with the roles of the config, and those of somebody else are advice', () =>
    inProject({ tables: { projects: {} }, with: ['grants'] }, async (project, url) => {
      const [app, group] = [roleName(url, 'app'), roleName(url, 'group')]
      await query(
        url,
        `create role ${group}; grant ${group} to ${app};
         grant select, truncate on projects to public; grant insert, trigger on projects to ${group};
         grant references on projects to ${group} with grant option;
         set role ${group}; grant references on projects to ${app}`,
      )
      const { err } = await project.run('migrate:rls')
      expect(err.split('\n')).to.include.members([
        `  public.projects: ${app} has REFERENCES; granted by ${group}, who alone can take it back`,
        `  public.projects: ${group} has REFERENCES, TRIGGER; passed on to ${app}, who must lose it first`,
      ])
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      const { rows } = await withClient(url, (client) =>
        client.query({
          text: `select coalesce(grantee::regrole::text, 'public'), privilege_type
            from pg_class, aclexplode(relacl) where relname = 'projects' and grantee <> relowner
            order by 1, 2`,
          rowMode: 'array',
        }),
      )
      expect(rows).to.deep.equal([
        [app, 'REFERENCES'],
        [app, 'SELECT'],
        [group, 'INSERT'],
        [group, 'REFERENCES'],
        [group, 'TRIGGER'],
      ])
    }))
})

interface World {
  readonly tables: Readonly<Record<string, TableInput>>
  readonly with: readonly MigrationPart[]
  /** The migrations run as the owner of the tables, and not as a superuser. */
  readonly owner?: true
}

function inProject(
  { tables, with: parts, owner }: World,
  body: (project: MigrationProject, url: string) => Promise<unknown>,
): Promise<void> {
  return withDatabase(async (url) => {
    const [app, role] = [roleName(url, 'app'), roleName(url, 'owner')]
    await query(
      url,
      `create role ${app}; create role ${role} login password 'secret';
       grant create, usage on schema public to ${role}; ${owner ? `set role ${role};` : ''} ${TABLES}`,
    )
    const config: ConfigInput & { connection: string } = {
      connection: owner ? loginUrl(url, role) : url,
      roles: { app },
      tables,
      migrations: { with: parts },
    }
    await withMigrations(config, async (project) => {
      await body(project, url)
    })
  })
}

async function migrate(project: MigrationProject): Promise<void> {
  const written = await project.run('migrate:rls')
  expect(written.code, written.err).to.equal(0)
  const latest = await project.run('migrate:latest')
  expect(latest.code, latest.err).to.equal(0)
}

async function query(url: string, sql: string): Promise<object[]> {
  return withClient(url, async (client) => (await client.query<object>(sql)).rows)
}

async function attempt(url: string, sql: string): Promise<string> {
  return query(url, sql).then(() => 'done', String)
}

async function isBefore15(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    )
    return (rows[0]?.version ?? 0) < 150000
  })
}

/** Nothing makes a constraint forget that its rows were looked at. */
async function readUnvalidated(url: string) {
  const relations = await readRelations(url)
  return withoutNumbers(relations).map(({ constraints, foreignKeys, ...relation }) => ({
    ...relation,
    foreignKeys: foreignKeys.map((key) => ({
      ...key,
      definition: key.definition.replace(/ NOT VALID$/, ''),
    })),
  }))
}

// Estimates of the planner.
function withoutNumbers(relations: Awaited<ReturnType<typeof readRelations>>) {
  return relations.map(({ estimatedRows, ...relation }) => relation)
}
