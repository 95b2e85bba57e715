import { expect } from 'chai'
import { A, B, migrate, query, readUnvalidated } from '../../support/keys-project.ts'
import { withMigrations } from '../../support/migration-project.ts'
import { roleName, withDatabase } from '../../support/postgres.ts'

const TABLES = `
  create table projects (id int, tenant_id uuid not null, slug text,
    constraint projects_pkey primary key (id) with (fillfactor = 71),
    constraint projects_slug unique (slug) with (fillfactor = 72) deferrable initially deferred);
  comment on constraint projects_pkey on projects is 'the key''s note';
  comment on index projects_pkey is 'the index';
  comment on constraint projects_slug on projects is 'the slug';
  alter table projects cluster on projects_pkey;
  create unique index projects_lower on projects (lower(slug)) with (fillfactor = 73) where id > 0;
  comment on index projects_lower is 'lower';
  alter index projects_lower alter column 1 set statistics 321;
  create table tasks (id int primary key, tenant_id uuid not null,
    project_id int constraint tasks_project references projects on delete cascade);
  comment on constraint tasks_project on tasks is 'its project';
  create table visits (id int, tenant_id uuid not null, project_id int,
    constraint visits_pkey primary key (id) with (fillfactor = 74),
    constraint visits_project foreign key (project_id) references projects) partition by range (id);
  create table visits_1 partition of visits for values from (0) to (9);
  comment on constraint visits_pkey on visits is 'all visits';
  comment on constraint visits_1_pkey on visits_1 is 'some visits';
  comment on constraint visits_project on visits is 'visited';
  comment on constraint visits_project on visits_1 is 'visited here';
  alter table visits_1 cluster on visits_1_pkey;
  create index visits_1_tenant on visits_1 (tenant_id) with (fillfactor = 75);
  comment on index visits_1_tenant is 'by tenant';
  insert into projects values (1, '${A}', 'a'), (2, '${B}', 'b');
  insert into tasks values (1, '${A}', 1), (2, '${B}', 2);
  insert into visits values (1, '${A}', 1), (2, '${B}', 2)`

// As PostgreSQL keeps them, and not as the snapshot has them.
const BESIDE = `
  select c.relname as name, i.indisclustered as clustered, c.reloptions as options,
    obj_description(c.oid, 'pg_class') as comment, obj_description(k.oid, 'pg_constraint') as of_constraint,
    array(select a.attstattarget::int from pg_attribute a where a.attrelid = c.oid and a.attstattarget > 0) as statistics
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  left join pg_constraint k on k.conindid = c.oid and k.contype in ('p', 'u') and k.conrelid = i.indrelid
  where c.relnamespace = 'public'::regnamespace and c.relname ~ '^(projects|visits)'
  union all
  select k.conrelid::regclass || '.' || k.conname, null, null, null, obj_description(k.oid, 'pg_constraint'), null
  from pg_constraint k where k.contype = 'f'
  order by 1`

describe('what keys and indexes have beside their definitions', () => {
  it('goes over to their successors, and comes back: comments, parameters, CLUSTER ON, statistics', () =>
    withDatabase(async (url) => {
      const app = roleName(url, 'app')
      await query(
        url,
        `create role ${app}; ${TABLES};
         grant select (id), references (id, slug), update (slug) on projects to ${app};
         grant truncate, insert on projects to ${app} with grant option`,
      )
      const config = {
        connection: url,
        roles: { app },
        tables: { projects: {}, tasks: {}, visits: {} },
        migrations: { with: ['foreign-keys', 'unique-keys', 'grants'] as const },
      }
      await withMigrations(config, async (project) => {
        const before = { beside: await query(url, BESIDE), all: await readUnvalidated(url) }
        await migrate(project)
        const after = (await query(url, BESIDE)) as Row[]
        const old = (before.beside as Row[]).filter(({ name }) => name !== 'visits_1_tenant')
        // The successors have the names of the old ones.
        for (const row of old) expect(after).to.deep.include(row)
        expect((await project.run('migrate:rls', '--check')).code).to.equal(0)

        const down = await project.run('migrate:down', '--all')
        expect(down.code, down.err).to.equal(0)
        expect(await query(url, BESIDE)).to.deep.equal(before.beside)
        expect(await readUnvalidated(url)).to.deep.equal(before.all)
      })
    }))
})

interface Row {
  readonly name: string
}
