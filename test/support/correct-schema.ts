import type pg from 'pg'
import { readReachFacts } from '../../src/catalog/reach/read-reach-facts.ts'
import { readKeyRows } from '../../src/catalog/read-key-rows.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import type { Snapshot } from '../../src/catalog/snapshot.ts'
import type { CheckContext } from '../../src/checks/facts/context.ts'
import type { Config, ConfigInput } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import { plan } from '../../src/migration/plan.ts'
import { readTruthTables } from '../../src/truth-table/read-truth-tables.ts'
import { resolveWanted, snapshotRequest } from '../../src/wanted/resolve-wanted.ts'

/** The roles that the SQL of a check speaks of. */
const ROLES = ['app_user', 'app_admin', 'app_owner', 'some_role'] as const

/** Gives the roles in `text` names of this database alone: roles belong to the server. */
export function withRolesOf(database: string, text: string): string {
  return ROLES.reduce((sql, role) => sql.replaceAll(role, `${database}_${role}`), text)
}

/** The config for the schema of {@link createCorrectSchema}. */
export function correctConfig(database: string): ConfigInput {
  return {
    tenant: { type: 'uuid' },
    roles: { app: `${database}_app_user`, admin: `${database}_app_admin` },
    tables: { projects: {}, tasks: {}, events: {}, visits: {}, comments: { access: 'boundary' } },
    global: ['countries'],
  }
}

/** A schema without findings, made of what `migrate:rls` writes: plan and checks prove each other. */
export async function createCorrectSchema(client: pg.Client, database: string): Promise<Config> {
  await client.query(withRolesOf(database, CORRECT_SCHEMA))
  const config = parseConfig(correctConfig(database))
  const snapshot = await readState(client, config)
  for (const { steps } of plan(resolveWanted(config, snapshot), snapshot)) {
    for (const { up } of steps) await client.query(up)
  }
  return config
}

/** The input of the checks, read inside the transaction of the caller. */
export async function checkContext(client: pg.Client, config: Config): Promise<CheckContext> {
  const snapshot = await readState(client, config)
  const wanted = resolveWanted(config, snapshot, { allowMistyped: true })
  const truthTables = await withCatalogPath(client, () =>
    readTruthTables(client, wanted.tables, snapshot),
  )
  const keyRows = await withCatalogPath(client, () => readKeyRows(client, wanted.tables))
  const reach = await withCatalogPath(client, () => readReachFacts(client, snapshot))
  return { snapshot: { ...snapshot, truthTables, keyRows, reach }, wanted }
}

function readState(client: pg.Client, config: Config): Promise<Snapshot> {
  return withCatalogPath(client, () => readSnapshot(client, snapshotRequest(config)))
}

async function withCatalogPath<T>(client: pg.Client, body: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ path: string }>(
    `select current_setting('search_path') as path`,
  )
  await client.query('set local search_path = pg_catalog')
  const result = await body()
  await client.query(`select set_config('search_path', $1, true)`, [rows[0]?.path])
  return result
}

/** Without row security: the plan adds it. */
export const CORRECT_SCHEMA = `
  create role app_owner;
  create role app_user login;
  create role app_admin login;
  create role some_role;
  create table public.projects (tenant_id uuid, id int, name text, primary key (tenant_id, id));
  create table public.tasks (
    tenant_id uuid, id int, project_id int, primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references public.projects (tenant_id, id)
  );
  create table public.events (tenant_id uuid not null, at timestamptz);
  create index events_by_tenant on public.events (tenant_id, at);
  create table public.visits (tenant_id uuid not null, at date not null, path text)
    partition by range (at);
  create table public.visits_2026 partition of public.visits
    for values from ('2026-01-01') to ('2027-01-01');
  create index visits_by_tenant on public.visits (tenant_id, at);
  create table public.comments (tenant_id uuid, id int, body text, is_public boolean,
    primary key (tenant_id, id));
  create policy comment_access on public.comments to app_user
    using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
  create table public.countries (code text primary key);
  alter table public.projects owner to app_owner;
  alter table public.tasks owner to app_owner;
  alter table public.events owner to app_owner;
  alter table public.comments owner to app_owner;
  alter table public.visits owner to app_owner;
  alter table public.visits_2026 owner to app_owner;
  grant references on public.countries to app_owner;
  grant select, insert, update, delete on public.projects, public.tasks, public.events,
    public.visits, public.comments, public.countries to app_user, app_admin;
  -- PostgreSQL 14 lets everybody create there.
  revoke create on schema public from public;
  grant create on schema public to app_owner;
`
