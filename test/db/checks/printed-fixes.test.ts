import { expect } from 'chai'
import pg from 'pg'
import type { Finding } from '../../../src/checks/check.ts'
import { CheckedSchema, isAutomatic } from '../../support/checked-schema.ts'
import { FIX_CASES, type FixCase } from '../../support/fix-cases.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'

describe('P14: the printed fix', () => {
  let database: TestDatabase
  let client: pg.Client
  let schema: CheckedSchema
  let usual: readonly string[]

  before(async () => {
    database = await createDatabase()
    client = new pg.Client(database.url)
    await client.connect()
    schema = await CheckedSchema.create(client, database.name)
    usual = await schema.usualStatements()
  })
  after(async () => {
    await client.end()
    await database.drop()
  })

  for (const example of FIX_CASES) {
    it(`${example.check}: ${example.title}`, () =>
      schema.apart(async () => {
        await schema.findings()
        if (schema.snapshot.serverVersion < (example.since ?? 0)) return
        const found = await findings(example)
        expect(found).not.to.deep.equal([])
        const text = found.map(({ fix }) => fix).join('\n')
        expect(
          (example.says ?? []).filter((words) => !text.includes(words)),
          text,
        ).to.deep.equal([])
        if (example.says?.[0]?.startsWith('-- ')) {
          return expect(found.filter(({ fix }) => isAutomatic(fix))).to.deep.equal([])
        }
        await expectFixed(example, found)
      }))
  }

  async function findings({ check, broken }: FixCase): Promise<Finding[]> {
    await schema.run(broken)
    return (await schema.findings()).filter((finding) => finding.check === check)
  }

  async function expectFixed(example: FixCase, found: readonly Finding[]): Promise<void> {
    await schema.runFixes(found)
    const rest = await schema.findings()
    expect(rest.filter(({ check }) => check === example.check)).to.deep.equal([])
    expect(schema.migration(), 'what migrate:rls would do').to.deep.equal([])
    if (example.proof !== undefined) {
      const { rows } = await schema.run(example.proof)
      expect(rows.map((row) => Object.values(row))).to.deep.equal([[true]])
    }
    const [sql, answer] = example.use ?? []
    const said = await schema.usualStatements(...(sql ? [sql] : []))
    expect(said.filter((line) => line.includes('error'))).to.deep.equal([])
    if (sql) expect(said.at(-1)).to.equal(`app_user: ${sql}: ${answer}`)
    else expect(said).to.deep.equal(usual)
  }
})
