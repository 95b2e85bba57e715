import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { withMigrations } from '../support/migration-project.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'

/** The table of Citus that says which tables it distributes. */
const CITUS = `
  set allow_system_table_mods = on;
  create table pg_catalog.pg_dist_partition
    (logicalrelid regclass, partmethod "char", partkey text, colocationid int, repmodel "char");
  insert into pg_catalog.pg_dist_partition values
    ('projects', 'h', '', 1, 's'), ('countries', 'n', null, 2, 't'), ('notes', 'n', null, 3, 's')`

describe('migrate:rls and migrate:latest in a situation that they refuse', () => {
  let database: TestDatabase
  const query = (sql: string) => withClient(database.url, (client) => client.query(sql))
  before(async () => {
    database = await createDatabase()
    const owner = roleName(database.url, 'owner')
    await query(`
      -- As PostgreSQL has it from 15 on.
      revoke create on schema public from public;
      create role ${owner} login password 'secret'; grant usage on schema public to ${owner};
      create table projects (id int primary key, tenant_id uuid not null);
      create table countries (code text primary key, tenant_id uuid not null);
      create table notes (id int primary key, tenant_id uuid not null);
      create table links (id int primary key, project_id int references projects);
      alter table notes owner to ${owner}`)
  })
  after(() => database.drop())

  it('two at once write the files of one of them', () =>
    withMigrations({ connection: database.url, tables: ['projects'] }, async ({ run, files }) => {
      const runs = await Promise.all([1, 2, 3].map(() => run('migrate:rls')))
      expect(runs.map(({ code }) => code).toSorted()).to.deep.equal([0, 1, 1])
      expect(files()).to.have.length(3)
    }))

  it('a table that is listed although `init` did not decide it names what is missing', () =>
    withMigrations({ connection: database.url, tables: ['projects', 'links'] }, async (project) => {
      const { code, out, err } = await project.run('migrate:rls')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.include('  public.links has no column tenant_id')
      expect(err.match(/✖/g)).to.have.length(1)
      expect(existsSync(join(project.folder, 'migrations'))).to.equal(false)
    }))

  it('an owner that may create no table gets one message, and nothing is left', () => {
    const connection = loginUrl(database.url, roleName(database.url, 'owner'))
    return withMigrations({ connection, tables: ['notes'] }, async ({ run }) => {
      expect(await run('migrate:rls')).to.have.property('code', 0)
      const { code, out, err } = await run('migrate:latest')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.match(
        /^✖ permission denied for schema public; no migration was run\. {2}MIGRATION\.NOT_STARTED\n {2}next .*CREATE.*\n$/,
      )
      const { rows } = await query(
        `select relname from pg_class where relname ~ 'kysely' or relrowsecurity`,
      )
      expect(rows).to.deep.equal([])
    })
  })

  it('distributed and reference tables of Citus are refused before a file is written', async () => {
    await query(CITUS)
    const tables = ['projects', 'countries', 'notes']
    await withMigrations({ connection: database.url, tables }, async ({ folder, run }) => {
      const { code, out, err } = await run('migrate:rls')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err.split('\n').slice(0, 3)).to.deep.equal([
        '✖ Citus distributes these tables: it refuses policies with a sub-select there, and a new default of a distribution column; nothing was written.  MIGRATION.DISTRIBUTED',
        '  public.countries: a reference table',
        '  public.projects: a distributed table',
      ])
      expect(readdirSync(folder)).not.to.include('migrations')
    })
    await withMigrations({ connection: database.url, tables: ['notes'] }, async ({ run }) => {
      expect(await run('migrate:rls')).to.have.property('code', 0)
    })
  })
})
