import type { ConfigInput } from '../../src/config/config.ts'
import { createObserver, keepObserverTo } from '../../src/policy/observe.ts'
import {
  createPolicy,
  markPolicy,
  POLICY_MARKER,
  tenantPolicies,
} from '../../src/policy/tenant-policies.ts'
import type { TenantTable } from '../../src/policy/tenant-table.ts'
import { applyPlan } from './apply-plan.ts'
import { readRelations } from './migration-project.ts'
import { roleName, withClient } from './postgres.ts'
import { createShapes, shapesConfig } from './tenant-shapes.ts'

// SQL with characters that have another meaning for Knex, for psql or for JavaScript.
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

// Tables that are still to be adopted: no column, a column that may be NULL, partitions, names that
// need quotes.
const NEW = `
  create table tasks (id int primary key, project_id int not null references projects);
  create table settings (id int primary key, org text);
  create table "why\\? Größe?" (tenant_id uuid);
  create table visits (tenant_id uuid, at date) partition by range (at);
  create table visits_1 partition of visits default;
  insert into projects values (1, '00000000-0000-4000-8000-00000000000a', 'a');
  insert into tasks values (1, 1); insert into settings values (1)`

// Only observed so far, and the last such table: the function goes with it.
function observed(url: string): string {
  const { schema, name, column } = WATCHED
  const table: TenantTable = {
    schema,
    name,
    column,
    type: 'uuid',
    isDomain: false,
    setting: 'app.tenant_id',
    appRoles: [roleName(url, 'app_user')],
    adminRoles: [],
    shared: false,
    access: 'full',
    globalKeys: [],
    observedBy: 'billing',
  }
  return [
    `create table ${name} (${column} uuid not null)`,
    createObserver('billing'),
    ...keepObserverTo('billing', table.appRoles),
    ...tenantPolicies(table).flatMap((policy) => [
      createPolicy(table, policy),
      markPolicy(table, policy.name, POLICY_MARKER),
    ]),
    `alter table ${name} enable row level security`,
  ].join(';\n')
}

const WATCHED = { schema: 'public', name: 'watched', column: 'tenant_id' }

/** Needs every phase of `migrate:rls`, and every kind of step. */
export async function createMixedState(url: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(`${createShapes(url)} alter table notes add note text`),
  )
  await applyPlan(url, shapesConfig(url))
  await withClient(url, (client) => client.query(`${DRIFT}; ${NEW}; ${observed(url)}`))
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
      tasks: {},
      settings: { column: 'org', backfill: { tenant: "o'\\?" } },
      'why\\? Größe?': {},
      visits: {},
      watched: {},
      counters: { globalKeys: ['counters_pkey'] },
    },
  }
}

/**
 * Everything that a way back restores. The planner's estimates change when an index is built, and
 * an index that is not valid is not built again.
 */
export async function readMixedState(url: string) {
  const relations = await readRelations(url)
  return relations.map(({ estimatedRows, ...relation }) => ({
    ...relation,
    indexes: relation.indexes.map(({ isValid, ...index }) => index),
  }))
}
