import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type pg from 'pg'
import { inReadOnlyTransaction } from '../../../src/catalog/read-only.ts'
import { readSnapshot } from '../../../src/catalog/read-snapshot.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { plan } from '../../../src/migration/plan.ts'
import { hasTransaction, LOCKS, type Step } from '../../../src/migration/step.ts'
import { resolveWanted } from '../../../src/wanted/resolve-wanted.ts'
import { roleName, withClient, withDatabase } from '../../support/postgres.ts'
import { createShapes, shapesConfig } from '../../support/tenant-shapes.ts'

// A nullable column of a partitioned and an inherited table.
const NULLABLE = `
  alter table events alter tenant_id drop not null;
  alter table comments alter tenant_id drop not null;
  create table replies () inherits (comments)`

// No column at all, with a row to fill.
const MISSING = `
  create table projects (id int primary key, tenant_id uuid not null);
  create table tasks (id int primary key, project_id int not null references projects);
  create table visits (id int, project_id int not null references projects) partition by range (id);
  create table visits_1 partition of visits for values from (0) to (9);
  create table settings (id int primary key);
  create table old_settings () inherits (settings);
  insert into projects values (1, gen_random_uuid());
  insert into tasks values (1, 1);
  insert into visits values (1, 1)`

// Keys, views and privileges of plain and of partitioned tables.
const PARTS = `
  create table projects (id int primary key, tenant_id uuid not null, slug text unique);
  create unique index projects_lower on projects (lower(slug));
  create table tasks (id int primary key, tenant_id uuid not null, project_id int references projects);
  create table visits (id int primary key, tenant_id uuid not null, project_id int references projects)
    partition by range (id);
  create table visits_1 partition of visits for values from (0) to (9);
  create unique index visits_lower on visits (id, lower(tenant_id::text));
  create table stops (tenant_id uuid not null, visit_id int references visits);
  create view titles as select slug from projects;
  grant select on tasks, titles to public`

// One of each kind that a fresh schema does not need: alter, replace, adopt, drop, reindex.
const DRIFT = `
  alter policy tenant_access on projects using (true);
  comment on policy tenant_access on notes is null;
  alter table notes alter tenant_id set default 'x';
  create policy surplus on notes as restrictive using (true);
  comment on policy surplus on notes is 'Written by kysely-tenants.';
  drop policy tenant_isolation on events;
  create policy tenant_isolation on events using (true) with check (true);
  comment on policy tenant_isolation on events is 'Written by kysely-tenants.';
  update pg_index set indisvalid = false where indexrelid = 'notes_tenant_id_idx'::regclass`

describe('a step of a migration', () => {
  it('takes the lock it announces on its tables, and none on another', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        await client.query(createShapes(url))
        await client.query(NULLABLE)
        const fresh = await executeAll(client, shapesConfig(url))
        await client.query(DRIFT)
        const repair = await executeAll(client, shapesConfig(url))

        expect(kinds(fresh)).to.deep.equal([
          'alter table',
          'comment on',
          'create index',
          'create policy',
          'do $$',
          'drop index',
        ])
        expect(kinds(repair)).to.deep.equal([
          'alter policy',
          'alter table',
          'comment on',
          'create policy',
          'drop policy',
          'reindex index',
        ])
      }),
    ))

  it('takes them where it adds and fills a column too', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        await client.query(MISSING)
        const tenant = '00000000-0000-4000-8000-000000000001'
        const steps = await executeAll(client, {
          connection: url,
          tables: { projects: {}, tasks: {}, visits: {}, settings: { backfill: { tenant } } },
        })
        expect(steps.filter(({ lock }) => lock === 'row exclusive')).to.have.length(2)
        expect(steps.filter(({ up }) => up.includes('add column'))).to.have.length(3)
      }),
    ))
})

describe('a step of an optional part', () => {
  it('takes the lock it announces on its tables, and none on another', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        const app = roleName(url, 'app')
        await client.query(`create role ${app}; ${PARTS}`)
        const steps = await executeAll(client, {
          connection: url,
          roles: { app },
          tables: { projects: {}, tasks: {}, visits: {}, stops: {} },
          migrations: { with: ['foreign-keys', 'unique-keys', 'views', 'grants'] },
        })
        const { rows } = await client.query('show server_version_num')
        expect(kinds(steps)).to.deep.equal([
          'alter default',
          'alter index',
          'alter table',
          // PostgreSQL 14 has no view that reads as its caller.
          ...(rows[0].server_version_num >= 150000 ? ['alter view'] : []),
          'comment on',
          'create index',
          'create policy',
          'create unique',
          'do $$',
          'drop index',
          'grant select',
          'grant select,',
          'revoke select',
        ])
      }),
    ))
})

function kinds(steps: readonly Step[]): string[] {
  return [...new Set(steps.map(({ up }) => up.split(/\s/, 2).join(' ')))].toSorted()
}

async function executeAll(client: pg.Client, input: ConfigInput & { connection?: unknown }) {
  const config = parseConfig(input)
  const url = String(input.connection)
  const { schemas, tables, global, roles } = config
  const request = { schemas, tables, global, appRoles: roles.app, adminRoles: roles.admin }
  const snapshot = await inReadOnlyTransaction(client, () => readSnapshot(client, request))
  const phases = plan(resolveWanted(config, snapshot), snapshot)

  for (const phase of phases) {
    for (const step of phase.steps) {
      const locks = hasTransaction(phase)
        ? await locksInTransaction(client, step)
        : await locksWhileBlocked(client, step, url)
      const isFree =
        step.lock === 'none' ||
        // It began with 18 to take the weakest of all.
        (snapshot.serverVersion < 180000 && /^(grant|revoke) /.test(step.up))
      const tables = isFree ? [] : [step.table, ...(step.reaches ?? [])]
      expect(
        locks.map(({ schema, name }) => ({ schema, name })),
        step.up,
      ).to.deep.equal(tables.toSorted(byName))
      // Where it reaches others, it announces the strongest of all.
      const strongest = LOCKS.findLast((lock) => locks.some((taken) => taken.lock === lock))
      expect(strongest ?? step.lock, step.up).to.equal(step.lock)
    }
  }
  return phases.flatMap(({ steps }) => steps)
}

async function locksInTransaction(client: pg.Client, step: Step) {
  await client.query('begin')
  await client.query(step.up)
  const locks = await strongestLocks(client, 'pg_backend_pid()', step)
  await client.query('commit')
  return locks
}

/**
 * For a statement with transactions of its own: seen from outside, while it waits for another
 * session.
 */
async function locksWhileBlocked(client: pg.Client, step: Step, url: string) {
  if (step.up.startsWith('drop index')) await leaveIndexBehind(client, step)
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = String(rows[0]?.pid)

  return withClient(url, async (writer) => {
    const { schema, name } = step.table
    // A writer stops the build of an index, and a reader that wants no writers stops a backfill.
    const mode = step.up.startsWith('do') ? 'share' : 'row exclusive'
    await writer.query('begin')
    await writer.query(
      `lock table ${writer.escapeIdentifier(schema)}.${writer.escapeIdentifier(name)} in ${mode} mode`,
    )
    const running = client.query(step.up)
    while (!(await isBlocked(writer, pid))) await sleep(5)
    const locks = await strongestLocks(writer, pid, step)
    await writer.query('commit')
    await running
    return locks
  })
}

async function leaveIndexBehind(client: pg.Client, { table, up }: Step): Promise<void> {
  const index = up.slice(up.lastIndexOf('.') + 1)
  const { rows } = await client.query<{ column: string }>(
    `select quote_ident(attname) as column from pg_attribute
     where attrelid = format('%I.%I', $1::text, $2::text)::regclass and attnum = 1`,
    [table.schema, table.name],
  )
  await client.query(
    `create index ${index} on ${client.escapeIdentifier(table.schema)}.${client.escapeIdentifier(table.name)} (${rows[0]?.column})`,
  )
}

async function isBlocked(client: pg.Client, pid: string): Promise<boolean> {
  const { rows } = await client.query(`select from pg_locks where pid = ${pid} and not granted`)
  return rows.length > 0
}

// AccessExclusiveLock → access exclusive. Names are read from the catalog, so no table is locked. A
// table that is only read is not one of the tables of a step, but for its own.
async function strongestLocks(client: pg.Client, pid: string, step: Step) {
  const { rows } = await client.query<{ schema: string; name: string; modes: string[] }>(`
    select n.nspname as "schema", c.relname as "name", array_agg(distinct l.mode) as "modes"
    from pg_locks l
    join pg_class c     on c.oid = l.relation
    join pg_namespace n on n.oid = c.relnamespace
    where l.pid = ${pid} and n.nspname in ('public', 'billing') and c.relkind in ('r', 'p', 'v')
    group by 1, 2`)
  const own = [step.table, ...(step.reaches ?? [])].map(({ name }) => name)
  return rows
    .map(({ modes, ...table }) => {
      const words = modes.map((mode) => mode.replace(/Lock$/, '').replace(/\B[A-Z]/g, ' $&'))
      const locks = words.map((word) => word.toLowerCase())
      return { ...table, lock: LOCKS.findLast((lock) => locks.includes(lock)) ?? 'access share' }
    })
    .filter(({ name, lock }) => lock !== 'access share' || own.includes(name))
    .toSorted(byName)
}

function byName(a: { schema: string; name: string }, b: { schema: string; name: string }): number {
  return `${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1
}
