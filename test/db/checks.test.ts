import { expect } from 'chai'
import type pg from 'pg'
import type { Check, Finding } from '../../src/checks/check.ts'
import { CHECKS } from '../../src/checks/registry.ts'
import type { Config } from '../../src/config.ts'
import { checkContext, createCorrectSchema, withRolesOf } from '../support/correct-schema.ts'
import { createDatabase, type TestDatabase, withRollback } from '../support/postgres.ts'

// Each check carries its own proof. Adding a check adds its test.
describe('checks', () => {
  let database: TestDatabase

  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  it('find nothing on a correct schema', () =>
    withSchema(async ({ findings }) => {
      expect(await findings()).to.deep.equal([])
    }))

  for (const check of CHECKS) {
    it(`${check.id}: found when broken, gone after the printed fix and after \`fixed\``, () =>
      withSchema(async (schema) => {
        const { serverVersion, run, findings } = schema
        const { id, since = 0 } = check
        await run(check.broken)
        const found = await findings()
        const expected = serverVersion < since ? [] : [id]
        expect(idsOf(found, check)).to.deep.equal(expected)
        if (expected.length === 0) return

        // Its own first: what else is found goes with it, or can be mended only then.
        const isOther = (finding: Finding) => Number(finding.check !== id)
        const fix = found.toSorted((a, b) => isOther(a) - isOther(b)).map((finding) => finding.fix)
        expect(fix.join('')).not.to.equal('')

        if (!fix.some((text) => text.startsWith('-- '))) await expectMended(schema, fix)
        await run(check.fixed)
        expect(await findings(), 'after `fixed`').to.deep.equal([])
      }))
  }

  interface Schema {
    readonly client: pg.Client
    readonly serverVersion: number
    run(sql: string): Promise<unknown>
    findings(): Promise<Finding[]>
  }

  /** In a transaction that is rolled back, and the roles with it. */
  function withSchema(body: (schema: Schema) => Promise<void>): Promise<void> {
    return withRollback(database.url, async (client) => {
      const config: Config = await createCorrectSchema(client, database.name)
      const { snapshot } = await checkContext(client, config)
      await body({
        client,
        serverVersion: snapshot.serverVersion,
        run: (sql) => client.query(withRolesOf(database.name, sql)),
        findings: async () => {
          const context = await checkContext(client, config)
          return CHECKS.flatMap(({ detect }) => detect(context))
        },
      })
    })
  }

  async function expectMended({ client, findings }: Schema, fix: string[]): Promise<void> {
    await client.query('savepoint before_fix')
    // `concurrently`: the one thing that a transaction, and so this test, cannot do.
    for (const text of fix) await client.query(text.replaceAll(' concurrently ', ' '))
    expect(await findings(), 'after the printed fix').to.deep.equal([])
    await client.query('rollback to before_fix')
  }

  /** The checks that found something, without those that `broken` concerns by its nature. */
  function idsOf(found: readonly Finding[], { alsoFinds = [] }: Check): string[] {
    const ids = new Set(found.map((finding) => finding.check))
    return [...ids].filter((id) => !alsoFinds.includes(id))
  }
})
