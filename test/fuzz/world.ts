import { Kysely } from 'kysely'
import pg from 'pg'
import { createTenancy, type Tenancy, TenantDialect, TenantPlugin } from '../../src/index.ts'
import { createDatabase, loginUrl, withClient } from '../support/postgres.ts'
import type { Db } from './select.ts'

export const TENANT = 'tenant-a'
const OTHER = 'tenant-b'

/**
 * The same tables three times: `secured` under row security; `open` with the rows of both tenants and no
 * row security; `alone` with the rows of one tenant, as if there were no other.
 */
export interface FuzzWorld extends AsyncDisposable {
  readonly tenancy: Tenancy
  /** The application without and with the predicate, over one client. */
  readonly app: { readonly plain: Db; readonly predicate: Db }
  /** Of the owner, past the tenancy. */
  readonly owner: pg.Client
  readonly hasMerge: boolean
}

export async function createFuzzWorld(): Promise<FuzzWorld> {
  const database = await createDatabase()
  const role = `${database.name}_app`
  await withClient(database.url, (client) => client.query(worldSql(role)))
  const tenancy = createTenancy({
    schemas: ['secured', 'open', 'alone'],
    tables: { projects: {}, tasks: { column: 'org_id' }, templates: { shared: true } },
  })
  const pool = new pg.Pool({ connectionString: loginUrl(database.url, role), max: 1 })
  const dialect = new TenantDialect({ tenancy, pool })
  const open = (predicate: boolean): Db =>
    new Kysely({ dialect, plugins: [new TenantPlugin({ tenancy, predicate })] })
  const owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
  const { rows } = await owner.query(
    `select current_setting('server_version_num')::int >= 150000 as merges`,
  )
  return {
    tenancy,
    app: { plain: open(false), predicate: open(true) },
    owner,
    hasMerge: rows[0].merges,
    async [Symbol.asyncDispose]() {
      await Promise.all([pool.end(), owner.end()])
      await database.drop()
    },
  }
}

function worldSql(role: string): string {
  return `
    create role ${role} login password 'secret';
    alter role ${role} set search_path = secured;
    ${schemaSql('secured', `nullif(current_setting('app.tenant_id', true), '')`, [TENANT, OTHER])}
    ${schemaSql('open', `'${TENANT}'`, [TENANT, OTHER])}
    ${schemaSql('alone', `'${TENANT}'`, [TENANT])}
    grant usage, create on schema secured to ${role};
    grant select, insert, update, delete on all tables in schema secured to ${role};
    -- The rows of a view are those of its owner, before 15 without exception.
    alter view secured.open_tasks owner to ${role};
    ${policySql('projects', 'tenant_id', role)}
    ${policySql('tasks', 'org_id', role)}
    ${policySql('templates', 'tenant_id', role, 'or tenant_id is null')}`
}

function schemaSql(schema: string, tenant: string, tenants: readonly string[]): string {
  const table = (name: string, column: string, notNull = 'not null') => `
    create table ${schema}.${name} (
      id int not null, ref int, title text not null,
      ${column} text ${notNull} default ${tenant}, unique (${column}, id)
    );`
  const rows = (name: string, column: string, ids: string) =>
    tenants.map(
      (each) => `
    insert into ${schema}.${name} (id, ref, title, ${column})
      select i, nullif(i % 4, 0), chr(96 + i) || '${each === TENANT ? 'a' : 'b'}', '${each}'
      from unnest(array[${each === TENANT ? ids : '1, 2, 3, 5, 6, 7'}]) i;`,
    )
  return `
    create schema ${schema};
    ${table('projects', 'tenant_id')}
    ${table('tasks', 'org_id')}
    ${table('templates', 'tenant_id', '')}
    create table ${schema}.countries (id int, ref int, title text);
    ${rows('projects', 'tenant_id', '1, 2, 3, 4').join('')}
    ${rows('tasks', 'org_id', '2, 3, 4, 6').join('')}
    ${rows('templates', 'tenant_id', '1, 5').join('')}
    insert into ${schema}.templates (id, ref, title, tenant_id) values (2, 1, 'all', null), (3, null, 'all', null);
    insert into ${schema}.countries values (1, 2, 'at'), (3, null, 'ch');
    create view ${schema}.open_tasks as select id, ref, title from ${schema}.tasks where id < 5;`
}

function policySql(table: string, column: string, role: string, shared = ''): string {
  const mine = `${column} = (select nullif(current_setting('app.tenant_id', true), ''))`
  return `
    create policy tenant_access on secured.${table} to ${role}
      using (${mine} ${shared}) with check (${mine});
    create policy tenant_isolation on secured.${table} as restrictive to ${role}
      using (${mine} ${shared}) with check (${mine});
    alter table secured.${table} enable row level security, force row level security;`
}
