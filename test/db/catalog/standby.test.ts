import { expect } from 'chai'
import { type AuditReport, audit, takeSnapshot } from '../../../src/audit/audit.ts'
import { CHECKS } from '../../../src/checks/registry.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { correctConfig, createCorrectSchema, withRolesOf } from '../../support/correct-schema.ts'
import { withMigrations } from '../../support/migration-project.ts'
import {
  createDatabase,
  describeOnOwnServer,
  loginUrl,
  type TestDatabase,
  withClient,
} from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres-server.ts'
import { runCli, trouble, withProject } from '../../support/run-cli.ts'
import { startStandby } from '../../support/standby.ts'

/** Checks whose `broken` one database can hold together, of every part of the catalog. */
const BROKEN: readonly string[] = [
  'app-role-createrole',
  'constraint-not-valid',
  'default-privileges-too-wide',
  'exclusion-without-tenant',
  'fdw-user-mapping',
  'fk-validated-under-force',
  'function-security-definer',
  'generated-column-unsafe-function',
  'grant-truncate',
  'index-invalid',
  'large-objects',
  'materialized-view-exposed',
  'migration-record-writable',
  'policy-leaks-rows',
  'policy-not-initplan',
  'policy-unexpected-permissive',
  'publication-exposes-tenant-table',
  'rule-on-tenant-table',
  'sequence-writable',
  'setting-has-default',
  'statistics-on-expressions-visible',
  'trigger-security-definer',
  'view-bypasses-rls',
]

// Fails without a tenant, and is then asked value by value.
const FAILING = `alter policy tenant_access on public.events
  using (tenant_id = current_setting('app.tenant_id')::uuid)`

describeOnOwnServer('a hot standby', () => {
  let database: TestDatabase
  let standby: PostgresServer | undefined
  let url: Readonly<Record<'primary' | 'standby', string>>
  let app: string
  let config: ConfigInput

  before(async () => {
    database = await createDatabase()
    app = `${database.name}_app_user`
    config = correctConfig(database.name)
    await withClient(database.url, async (client) => {
      await createCorrectSchema(client, database.name)
      for (const { broken } of CHECKS.filter(({ id }) => BROKEN.includes(id))) {
        await client.query(withRolesOf(database.name, broken))
      }
      await client.query(FAILING)
    })
    standby = await startStandby(database.url)
    const there = new URL(database.url)
    there.port = new URL(standby.url).port
    url = { primary: database.url, standby: there.href }
  })
  after(async () => {
    await standby?.stop()
    await database.drop()
  })

  it('is in recovery, and what it was copied from is not', async () => {
    const isInRecovery = (server: string) =>
      withClient(server, async (client) => {
        const { rows } = await client.query('select pg_is_in_recovery() as "isInRecovery"')
        return rows
      })
    expect(await isInRecovery(url.standby)).to.deep.equal([{ isInRecovery: true }])
    expect(await isInRecovery(url.primary)).to.deep.equal([{ isInRecovery: false }])
  })

  /** With rows, truth tables and a connection of the application. */
  const deepAudit = (server: string): Promise<AuditReport> =>
    withClient(server, (client) =>
      withClient(loginUrl(server, app), (own) => audit(client, config, { rows: true, app: own })),
    )

  it('is read and judged as its primary is: rows, what policies let through, the application', async () => {
    const report = await deepAudit(url.standby)
    expect(report.inconclusive).to.deep.equal([])
    expect(report.findings.map(({ check }) => check)).to.include.members([...BROKEN])
    expect(report).to.deep.equal(await deepAudit(url.primary))
  })

  it('is the same plain data for a login that has no privilege', async () => {
    const read = (server: string) =>
      withClient(loginUrl(server, app), async (client) => {
        const { takenAt: _, ...data } = await takeSnapshot(client, config, { rows: true })
        return data
      })
    const snapshot = await read(url.standby)
    expect(snapshot.truthTables).to.have.lengthOf.above(0)
    expect(snapshot).to.deep.equal(await read(url.primary))
  })

  for (const command of ['audit --rows', 'status', 'migrate:rls --check']) {
    it(`\`${command}\` prints there what it prints on the primary, and ends as there`, async () => {
      const run = (server: string) => runCli([...command.split(' '), '--url', server], config)
      const there = await run(url.standby)
      expect(there.code).to.equal(1)
      expect(there).to.deep.equal(await run(url.primary))
    })
  }

  it('can be compared with a snapshot of its primary', () =>
    withProject(config, async ({ run }) => {
      await run('audit', '--url', url.primary, '--snapshot', 'primary.json')
      expect(await run('audit', '--url', url.standby, '--against', 'primary.json')).to.deep.equal({
        code: 0,
        out: '✔ Nothing changed since primary.json.\n',
        err: '',
      })
    }))

  it('has migrations written for it, and runs none', () =>
    withMigrations({ ...config, connection: url.standby }, async ({ run }) => {
      expect(await run('migrate:rls')).to.have.property('code', 0)
      expect(await run('migrate:latest')).to.deep.equal(
        trouble(
          '✖ cannot execute CREATE TABLE in a read-only transaction; no migration was run.  MIGRATION.NOT_STARTED',
          '  next Connect to the primary: a standby takes no writes, nor does a session with `default_transaction_read_only`.',
        ),
      )
    }))
})
