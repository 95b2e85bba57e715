import { Kysely, type KyselyConfig, PostgresDialect } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import {
  createTenancy,
  type Tenancy,
  TenantDialect,
  TenantPlugin,
  type TenantPoolConfig,
} from '../../src/index.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from './postgres.ts'

export interface Tables {
  projects: { id: number; tenant_id: string; title: string }
  countries: { code: string }
}

export const A = 'tenant-a'
export const B = 'tenant-b'

/** A database with one tenant table under both policies, a global table, and an app and an admin login. */
export interface TenantWorld extends TestDatabase {
  readonly appUrl: string
  readonly adminUrl: string
}

export async function createWorld(): Promise<TenantWorld> {
  const database = await createDatabase()
  const app = `${database.name}_app`
  const admin = `${database.name}_admin`
  await withClient(database.url, (client) => client.query(worldSql(app, admin)))
  return {
    ...database,
    appUrl: loginUrl(database.url, app),
    adminUrl: loginUrl(database.url, admin),
  }
}

/** The roles, tables, policies and rows of a world. */
export function worldSql(app: string, admin: string): string {
  const mine = `tenant_id = (select nullif(current_setting('app.tenant_id', true), ''))`
  return `
    -- As PostgreSQL has it from 15 on.
    revoke create on schema public from public;
    create role ${app} login password 'secret';
    create role ${admin} login password 'secret';
    create table projects (
      id integer, title text not null,
      tenant_id text not null default nullif(current_setting('app.tenant_id', true), ''),
      primary key (tenant_id, id)
    );
    create policy tenant_access on projects to ${app} using (${mine}) with check (${mine});
    create policy tenant_isolation on projects as restrictive to ${app} using (${mine}) with check (${mine});
    create policy tenant_admin on projects to ${admin} using (true) with check (true);
    insert into projects (tenant_id, id, title) values
      ('${A}', 1, 'a one'), ('${A}', 2, 'a two'), ('${B}', 1, 'b one'), ('${B}', 3, 'b three');
    alter table projects enable row level security, force row level security;
    create table countries (code text primary key);
    insert into countries values ('at');
    grant select, insert, update, delete on projects, countries to ${app}, ${admin};`
}

export interface TenantDb extends AsyncDisposable {
  readonly db: Kysely<Tables>
  readonly tenancy: Tenancy
  readonly pool: pg.Pool
}

/**
 * The parts of an application: a pool of its login, a dialect, the plugin. Ends its pools when
 * disposed.
 */
export function openDb(
  world: Pick<TenantWorld, 'appUrl' | 'adminUrl'>,
  options: {
    readonly pool?: pg.PoolConfig
    readonly dialect?: Partial<TenantPoolConfig>
    readonly kysely?: Partial<KyselyConfig>
    readonly tenancy?: Tenancy
  } = {},
): TenantDb {
  const tenancy =
    options.tenancy ?? createTenancy({ tenant: { type: 'text' }, tables: { projects: {} } })
  const pool = new pg.Pool({ connectionString: world.appUrl, max: 1, ...options.pool })
  const adminPool = new pg.Pool({ connectionString: world.adminUrl, max: 1 })
  const db = new Kysely<Tables>({
    dialect: new TenantDialect({ tenancy, pool, adminPool, cursor: Cursor, ...options.dialect }),
    plugins: [new TenantPlugin({ tenancy })],
    ...options.kysely,
  })
  return {
    db,
    tenancy,
    pool,
    // Not `db.destroy()`: before the first query it leaves the pools open.
    async [Symbol.asyncDispose]() {
      if (!pool.ended) await pool.end()
      if (!adminPool.ended) await adminPool.end()
    },
  }
}

/** A Kysely of the superuser, who sees what is really in the tables. */
export function openAll(world: Pick<TenantWorld, 'url'>): Kysely<Tables> {
  const pool = new pg.Pool({ connectionString: world.url, max: 1 })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool, cursor: Cursor }) })
}

/** The state of the client that the next user of the pool gets. */
export async function nextUser(
  pool: pg.Pool,
): Promise<{ tenant: string | null; rows: number; inTransaction: boolean }> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query(`
      select nullif(current_setting('app.tenant_id', true), '') as tenant,
        (select count(*)::int from projects) as rows,
        now() <> statement_timestamp() as "inTransaction"`)
    return rows[0]
  } finally {
    client.release()
  }
}
