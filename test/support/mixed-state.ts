import type { ConfigInput } from '../../src/config.ts'
import { applyPlan } from './apply-plan.ts'
import { readRelations } from './migration-project.ts'
import { withClient } from './postgres.ts'
import { createShapes, shapesConfig } from './tenant-shapes.ts'

// What SQL says with the characters that mean something else to Knex, to psql or to JavaScript.
const QUESTIONS = `title ~ 'who\\?' or title = 'what? :id' or title = E'\\\\?' or '{"a": 1}'::jsonb ? title`

// One of each kind of repair: alter, adopt, drop, replace, default, ENABLE, FORCE, reindex.
const DRIFT = `
  alter policy tenant_access on projects to public using (${QUESTIONS});
  comment on policy tenant_access on notes is null;
  create policy "surplus?" on notes as restrictive for insert with check (note = '\`\${x}\`');
  comment on policy "surplus?" on notes is 'Written by kysely-tenants.';
  drop policy tenant_isolation on labels;
  create policy tenant_isolation on labels using (true);
  comment on policy tenant_isolation on labels is 'Written by kysely-tenants.';
  alter table counters alter tenant_id set default 7, disable row level security;
  alter table counters no force row level security;
  update pg_index set indisvalid = false where indexrelid = 'counters_tenant_id_idx'::regclass`

// What is still to be adopted: no column, a column that may be NULL, partitions, names that need quotes.
const NEW = `
  create table tasks (id int primary key, project_id int not null references projects);
  create table settings (id int primary key, org text);
  create table "why\\? Größe?" (tenant_id uuid);
  create table visits (tenant_id uuid, at date) partition by range (at);
  create table visits_1 partition of visits default;
  insert into projects values (1, '00000000-0000-4000-8000-00000000000a', 'a');
  insert into tasks values (1, 1); insert into settings values (1)`

/** Needs every phase of `migrate:rls`, and every kind of step. */
export async function createMixedState(url: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(`${createShapes(url)} alter table notes add note text`),
  )
  await applyPlan(url, shapesConfig(url))
  await withClient(url, (client) => client.query(`${DRIFT}; ${NEW}`))
}

export function mixedConfig(url: string): ConfigInput & { readonly connection: string } {
  const config = shapesConfig(url)
  return {
    ...config,
    connection: url,
    // Views are left out: PostgreSQL 14 could not do it.
    migrations: { with: ['foreign-keys', 'unique-keys', 'grants'] },
    tables: {
      ...config.tables,
      ...{ tasks: {}, settings: { column: 'org', backfill: { tenant: "o'\\?" } } },
      ...{ 'why\\? Größe?': {}, visits: {}, counters: { globalKeys: ['counters_pkey'] } },
    },
  }
}

/**
 * Everything that a way back restores. The planner's estimates change when an index is built, and nobody
 * wants an index back that is not valid.
 */
export async function readMixedState(url: string) {
  const relations = await readRelations(url)
  return relations.map(({ estimatedRows, ...relation }) => ({
    ...relation,
    indexes: relation.indexes.map(({ isValid, ...index }) => index),
  }))
}
