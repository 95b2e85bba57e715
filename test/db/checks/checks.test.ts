import { expect } from 'chai'
import type pg from 'pg'
import type { Check, Finding } from '../../../src/checks/check.ts'
import { CHECKS } from '../../../src/checks/registry.ts'
import type { Config } from '../../../src/config/config.ts'
import { checkContext, createCorrectSchema, withRolesOf } from '../../support/correct-schema.ts'
import { createDatabase, type TestDatabase, withRollback } from '../../support/postgres.ts'

/** Whatever the server is, SQL does not change it: see test/unit/checks/server-rls-cve.test.ts. */
const MADE_BY_SQL = CHECKS.filter(({ broken }) => !broken.startsWith('-- '))

// Each check carries its own proof. Adding a check adds its test.
describe('checks', () => {
  let database: TestDatabase

  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  it('find nothing on a correct schema', () =>
    withSchema(undefined, async ({ findings }) => {
      expect(await findings()).to.deep.equal([])
    }))

  for (const check of MADE_BY_SQL) {
    it(`${check.id}: found when broken, gone after the printed fix and after \`fixed\``, () =>
      withSchema(check, async ({ client, run, findings, serverVersion }) => {
        if (check.since !== undefined && serverVersion < check.since) {
          // This server has no such object to break, and so none to judge.
          return expect(await findings()).to.deep.equal([])
        }
        await run(check.broken)
        const found = await findings()
        expect(idsOf(found, check)).to.deep.equal([check.id])
        // Its own first: what else is found goes with it, or can be mended only then.
        const isOther = (finding: Finding) => Number(finding.check !== check.id)
        const fix = found.toSorted((a, b) => isOther(a) - isOther(b)).map((finding) => finding.fix)
        expect(fix.join('')).not.to.equal('')

        await client.query('savepoint before_fix')
        if (!fix.some((text) => text.startsWith('-- '))) {
          // The one thing that a transaction, and so this test, cannot do.
          for (const text of fix) await client.query(text.replaceAll(' concurrently ', ' '))
          expect(await findings(), 'after the printed fix').to.deep.equal([])
          await client.query('rollback to before_fix')
        }

        await run(check.fixed)
        expect(await findings(), 'after `fixed`').to.deep.equal([])
      }))
  }

  interface Schema {
    readonly client: pg.Client
    run(sql: string): Promise<unknown>
    findings(): Promise<Finding[]>
    readonly serverVersion: number
  }

  /**
   * In a transaction that is rolled back, and the roles with it. Hardening that most databases do
   * without is in place only for the check of its own.
   */
  function withSchema(
    check: Check | undefined,
    body: (schema: Schema) => Promise<unknown>,
  ): Promise<void> {
    return withRollback(database.url, async (client) => {
      const config: Config = await createCorrectSchema(client, database.name)
      const run = (sql: string) => client.query(withRolesOf(database.name, sql))
      if (check?.isOptIn) await run(check.fixed)
      const { serverVersion } = (await checkContext(client, config)).snapshot
      const checks = MADE_BY_SQL.filter(
        ({ id, isOptIn, since = 0 }) => (!isOptIn || id === check?.id) && since <= serverVersion,
      )
      await body({
        client,
        run,
        serverVersion,
        findings: async () => {
          const context = await checkContext(client, config)
          return checks.flatMap(({ detect }) => detect(context))
        },
      })
    })
  }

  /** The checks that found something, without those that `broken` concerns by its nature. */
  function idsOf(found: readonly Finding[], { alsoFinds = [] }: Check): string[] {
    const ids = new Set(found.map((finding) => finding.check))
    return [...ids].filter((id) => !alsoFinds.includes(id))
  }
})
