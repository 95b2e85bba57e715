import { expect } from 'chai'
import { A, attempt, B, inProject, migrate, query } from '../../support/keys-project.ts'

describe('unique keys that hold the tenant', () => {
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
          '✖ The config and the database do not match; nothing was done.  CATALOG.MISMATCH',
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
            'projects_by_name (lower(name)) spans all tenants, as `globalKeys` of the config allows.',
          ],
        ])
      },
    ))
})

describe('a key that a function needs for its ON CONFLICT', () => {
  const TABLES = `
    create table counts (project_id int primary key, tenant_id uuid not null, n int not null);
    create table names (id int primary key, tenant_id uuid not null, name text, key text);
    create unique index names_by_lower on names (lower(name));
    create unique index names_by_key on names (key) where key is not null;`

  const [TRIGGER, SQL, ANY] = [
    `
      create function count_up() returns trigger language plpgsql as $$ begin
        insert into counts values (new.id, new.tenant_id, 1)
          on conflict (project_id) do update set n = counts.n + 1;
        return new; end $$;
      create trigger count_up after update on projects for each row execute function count_up();`,
    `
      create function add_name(name text) returns void language sql as $$
        insert into public.names (id, name) values (1, $1)
          on conflict ( LOWER (name) ) do nothing;
        insert into names (id, key) values (2, $1)
          on conflict (key) where key is not null do nothing $$;`,
    `
      create function add_any(name regclass) returns void language plpgsql as $$ begin
        execute format('insert into %s values (1) on conflict (project_id) do nothing', name);
      end $$;`,
  ]

  for (const [title, sql, held] of [
    ['a trigger function', TRIGGER, ['counts_pkey public.count_up()']],
    [
      'an SQL function, of an expression and of a part',
      SQL,
      ['names_by_key public.add_name(name text)', 'names_by_lower public.add_name(name text)'],
    ],
    ['a table that is named at run time', ANY, ['counts_pkey public.add_any(name regclass)']],
  ] as const) {
    it(`stays, and the function is named: ${title}`, () =>
      inProject(
        { tables: { projects: {}, counts: {}, names: {} }, with: ['unique-keys'] },
        async (project, url) => {
          await query(url, `drop table tasks, visits; ${TABLES} ${sql}`)
          const { err } = await project.run('migrate:rls')
          const found = [...err.matchAll(/unique key (\S+) .*ON CONFLICT names it in\s+(.*)$/gm)]
          expect(found.map(([, key, name]) => `${key} ${name}`)).to.deep.equal(held)
          const latest = await project.run('migrate:latest')
          expect(latest.code, latest.err).to.equal(0)
          expect(await attempt(url, 'update projects set name = name')).to.equal('done')
          expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
        },
      ))
  }
})

describe('rows that break a unique key', () => {
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
