import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type pg from 'pg'
import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import type { RelationState } from '../../src/catalog/relation-state.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import type { TenantTable } from '../../src/policy/tenant-table.ts'
import { identifier, qualifiedName } from '../../src/sql/quote.ts'
import { resolveWanted } from '../../src/wanted/resolve-wanted.ts'
import { type MigrationProject, relationsOfUser, withMigrations } from './migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from './postgres.ts'
import type { StartingState } from './starting-state.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'

// Not the catalog beside it, which takes ten times as long.
const ANALYZE_ALL = `do $$
  declare name text;
  begin
    for name in
      select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'billing')
    loop execute 'analyze ' || name; end loop;
  end $$`

type Config = ConfigInput & {
  readonly connection: string
  readonly roles: { readonly app: string }
}

/**
 * A test for each state: it is migrated by the written files, found clean, probed with the login of
 * the application, and put back by their `down`.
 */
export function goThereAndBack(states: Readonly<Record<string, StartingState>>): void {
  for (const [title, state] of Object.entries(states)) {
    it(title, () =>
      withDatabase((url) =>
        withClient(url, async (owner) => {
          const config = await createState(owner, url, state)
          await withMigrations(config, (project) => thereAndBack(project, owner, state, config))
        }),
      ),
    )
  }
}

async function thereAndBack(
  project: MigrationProject,
  owner: pg.Client,
  state: StartingState,
  config: Config,
): Promise<void> {
  if (state.drift !== undefined) await migrateAndDrift(project, owner, state, config)
  const before = await relationsOfUser(owner)
  const isWritten = await migrate(project)
  expect(isWritten).to.equal(state.drift !== '')

  expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
  expect(await findings(project)).to.deep.equal(await adviceOf(state, owner))
  await probe(owner, config)

  if (!isWritten) return
  const down = await project.run('migrate:down', '--all')
  expect(down.code, down.err).to.equal(0)
  if (state.stays) await owner.query(state.stays)
  expect(withoutNumbers(await relationsOfUser(owner))).to.deep.equal(withoutNumbers(before))
}

async function adviceOf({ advice = [], before15 }: StartingState, owner: pg.Client) {
  const { rows } = await owner.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  )
  return before15 && (rows[0]?.version ?? 0) < 150000 ? before15 : advice
}

async function createState(
  owner: pg.Client,
  url: string,
  { sql, tables, type, parts }: StartingState,
): Promise<Config> {
  const [app, admin] = [roleName(url, 'app'), roleName(url, 'admin')]
  const names = (text: string) =>
    text.replaceAll("'A'", `'${A}'`).replaceAll("'B'", `'${B}'`).replaceAll('APP', app)
  await owner.query(`
    create role ${app} login password 'secret';
    create role ${admin} login password 'secret';
    create schema billing;
    revoke create on schema public from public;
    ${names(sql)};
    grant usage on schema billing to ${app};
    grant select, insert, update, delete on all tables in schema public, billing to ${app};
    ${ANALYZE_ALL}`)
  return {
    connection: url,
    roles: { app, admin },
    schemas: ['public', 'billing'],
    tables: JSON.parse(
      names(JSON.stringify(tables)).replaceAll('"A"', `"${A}"`).replaceAll('"B"', `"${B}"`),
    ),
    ...(type && { tenant: { type } }),
    // TypeScript would be compiled for each run: format.test.ts has every format.
    migrations: { format: 'js', ...(parts && { with: parts }) },
  }
}

async function migrateAndDrift(
  project: MigrationProject,
  owner: pg.Client,
  { drift = '', isObserved }: StartingState,
  { roles }: Config,
) {
  await migrate(project, ...(isObserved ? ['--observe'] : []))
  rmSync(join(project.folder, 'migrations'), { recursive: true })
  await owner.query(`drop table kysely_migration; ${drift.replaceAll('APP', roles.app)}`)
}

/** @returns whether there was anything to do */
async function migrate(project: MigrationProject, ...argv: string[]): Promise<boolean> {
  const written = await project.run('migrate:rls', ...argv)
  expect(written.code, written.err).to.equal(0)
  if (!existsSync(join(project.folder, 'migrations'))) return false
  const latest = await project.run('migrate:latest')
  expect(latest.code, latest.out + latest.err).to.equal(0)
  return true
}

/** The checks that found something of level medium or above, each once. A server is not migrated. */
async function findings(project: MigrationProject): Promise<string[]> {
  const { out } = await project.run('audit', '--json')
  const serious = JSON.parse(out).findings.filter(
    ({ level, check }: { level: string; check: string }) =>
      level !== 'low' && level !== 'info' && check !== 'server-rls-cve',
  )
  return [...new Set<string>(serious.map(({ check }: { check: string }) => check))].toSorted()
}

/** As the application: each tenant reaches its own rows, all of them, and no other. */
async function probe(owner: pg.Client, config: Config): Promise<void> {
  const tables = await tenantTables(owner, config)
  const total = await withClient(loginUrl(config.connection, config.roles.app), async (app) => {
    for (const { table } of tables) {
      expect(await count(app, table, null), 'without a tenant').to.equal(0)
    }
    let rows = 0
    for (const table of tables) rows += await probeTable({ owner, app }, table)
    return rows
  })
  expect(total, 'a probe of nothing proves nothing').to.be.greaterThan(0)
}

interface Target {
  readonly table: TenantTable
  readonly isPartition: boolean
}

/** @returns how many rows the two tenants have */
async function probeTable(
  { owner, app }: Record<'owner' | 'app', pg.Client>,
  { table, isPartition }: Target,
): Promise<number> {
  const [a, b] = table.type === 'integer' || table.type === 'bigint' ? ['1', '2'] : [A, B]
  // The bounds of a partition are looked at before its policies.
  const refusals = ['42501', ...(isPartition ? ['23514'] : [])]
  let total = 0
  for (const [tenant, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const own = await count(owner, table, tenant)
    await app.query(`select set_config('app.tenant_id', $1, false)`, [tenant])
    expect(await count(app, table, tenant), 'own rows').to.equal(own)
    expect(await count(app, table, other), 'rows of another tenant').to.equal(0)
    if (own > 0) expect(await writeForeign(app, table, other)).to.be.oneOf(refusals)
    total += own
  }
  return total
}

async function tenantTables(owner: pg.Client, input: Config): Promise<Target[]> {
  const config = parseConfig(input)
  const { schemas, tables, global, roles } = config
  const request = { schemas, tables, global, appRoles: roles.app, adminRoles: roles.admin }
  const snapshot = await inReadOnlyTransaction(owner, () => readSnapshot(owner, request))
  return resolveWanted(config, snapshot).tables.map((table) => ({
    table,
    isPartition: snapshot.relations.some(
      ({ schema, name, isPartition }) =>
        isPartition && schema === table.schema && name === table.name,
    ),
  }))
}

/** Rows of the tenant, or all of them. */
async function count(
  client: pg.Client,
  table: TenantTable,
  tenant: string | null,
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from ${qualifiedName(table)}
     where $1::text is null or ${identifier(table.column)}::text = $1`,
    [tenant],
  )
  return rows[0]?.count ?? -1
}

async function writeForeign(client: pg.Client, table: TenantTable, tenant: string) {
  const column = identifier(table.column)
  const text = `update ${qualifiedName(table)} set ${column} = $1`
  return client.query(text, [tenant]).then(
    ({ rowCount }) => `${rowCount} rows`,
    ({ code }) => code,
  )
}

// Estimates of the planner: an index that is built counts the rows.
function withoutNumbers(relations: readonly RelationState[]) {
  return relations.map(({ estimatedRows, ...relation }) => relation)
}
