import { expect } from 'chai'
import { policyRestrictiveOnly } from '../../../src/checks/policy-restrictive-only.ts'
import { policyShapeDrift } from '../../../src/checks/policy-shape-drift.ts'
import { checkContext, createCorrectSchema, withRolesOf } from '../../support/correct-schema.ts'
import { createDatabase, type TestDatabase, withRollback } from '../../support/postgres.ts'

// The fix needs a name of its own, and the table may have policies of that name.
describe('the printed fix of a policy that is made again', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  for (const taken of [
    ['tenant_isolation_new'],
    ['tenant_isolation_new', 'tenant_isolation_new2'],
  ]) {
    it(`works beside ${taken.join(' and ')}`, () =>
      withRollback(database.url, async (client) => {
        const config = await createCorrectSchema(client, database.name)
        const others = taken.map(
          (name) => `create policy ${name} on projects as restrictive for delete using (true)`,
        )
        await client.query(
          withRolesOf(database.name, [policyShapeDrift.broken, ...others].join(';')),
        )
        const [finding, ...more] = policyShapeDrift.detect(await checkContext(client, config))
        expect(more).to.deep.equal([])
        await client.query(finding?.fix ?? '')
        const context = await checkContext(client, config)
        expect(policyShapeDrift.detect(context)).to.deep.equal([])
        const names = context.snapshot.relations
          .find(({ name }) => name === 'projects')
          ?.policies.map(({ name }) => name)
        expect(names).to.deep.equal(['tenant_access', 'tenant_admin', 'tenant_isolation', ...taken])
      }))
  }

  it('opens a boundary beside a policy that has the name of its own', () =>
    withRollback(database.url, async (client) => {
      const config = await createCorrectSchema(client, database.name)
      await client.query(`${policyRestrictiveOnly.broken};
        create policy own_rows on comments as restrictive for delete using (true)`)
      const [finding] = policyRestrictiveOnly.detect(await checkContext(client, config))
      await client.query(finding?.fix ?? '')
      expect(policyRestrictiveOnly.detect(await checkContext(client, config))).to.deep.equal([])
    }))
})
