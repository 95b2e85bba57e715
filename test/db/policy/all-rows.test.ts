import { expect } from 'chai'
import type pg from 'pg'
import type { Check } from '../../../src/checks/check.ts'
import { constraintNotValid } from '../../../src/checks/constraint-not-valid.ts'
import { fkWithoutTenant } from '../../../src/checks/fk-without-tenant.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { checkContext } from '../../support/correct-schema.ts'
import {
  createDatabase,
  roleName,
  type TestDatabase,
  withClient,
  withRollback,
} from '../../support/postgres.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'

const VISITS = `
  create table visits (tenant_id uuid not null, at date not null, project_id int)
    partition by range (at);
  create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01');
  insert into visits values ('${B}', '2026-02-03', 1)`

interface Case {
  readonly check: Check
  readonly sql: string
  readonly since?: number
}

// Each leaves a row that refers to a row of another tenant, which the fixed key forbids.
const CASES: Readonly<Record<string, Case>> = {
  'a key that gets its tenant': {
    check: fkWithoutTenant,
    sql: `create table visits (tenant_id uuid not null, project_id int references projects (id));
      insert into visits values ('${B}', 1)`,
  },
  'a key of a partitioned table that gets its tenant': {
    check: fkWithoutTenant,
    sql: `${VISITS}; alter table visits add foreign key (project_id) references projects (id)`,
  },
  'a key that was not validated': {
    check: constraintNotValid,
    sql: `create table visits (tenant_id uuid not null, project_id int);
      insert into visits values ('${B}', 1);
      alter table visits add foreign key (tenant_id, project_id)
        references projects (tenant_id, id) not valid`,
  },
  'a key of a partitioned table that was not validated': {
    check: constraintNotValid,
    sql: `${VISITS};
      alter table visits add foreign key (tenant_id, project_id)
        references projects (tenant_id, id) not valid`,
    since: 180000,
  },
}

// FORCE hides the rows from the owner, who would find every reference valid.
describe('a foreign key that the owner validates as a fix says', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    const owner = roleName(database.url, 'owner')
    await withClient(database.url, (client) =>
      client.query(`create role ${owner}; grant create on schema public to ${owner}`),
    )
  })
  after(() => database.drop())

  for (const [title, { check, sql, since = 0 }] of Object.entries(CASES)) {
    it(`is refused for the rows that break it: ${title}`, () =>
      withRollback(database.url, async (client) => {
        if ((await versionOf(client)) < since) return
        await client.query(`set role ${roleName(database.url, 'owner')}`)
        await client.query(`
          create table projects (tenant_id uuid, id int unique, primary key (tenant_id, id));
          insert into projects values ('${A}', 1);
          ${sql}`)
        for (const table of await tables(client)) {
          await client.query(
            `alter table ${table} enable row level security, force row level security`,
          )
        }
        const context = await checkContext(
          client,
          parseConfig({ tables: ['projects', 'visits'], tenant: { type: 'uuid' } }),
        )
        const [finding] = check.detect(context)
        const failure = await client.query(finding?.fix ?? '').then(
          () => 'it is valid',
          ({ code }) => code,
        )
        expect(failure).to.equal('23503')
      }))
  }
})

async function versionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  )
  return rows[0]?.version ?? 0
}

async function tables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'public'`,
  )
  return rows.map(({ tablename }) => tablename)
}
