import { expect } from 'chai'
import { audit } from '../../../src/audit/audit.ts'
import { createDatabase, serverMajor, withClient } from '../../support/postgres.ts'

describe('the fix of a membership', () => {
  it('takes it away from every role that granted it', async () => {
    const database = await createDatabase()
    try {
      const { name, url } = database
      await withClient(url, async (client) => {
        await client.query(`
          create table notes (tenant_id uuid not null);
          create role ${name}_app login; create role ${name}_top bypassrls; create role ${name}_mid;
          grant select on notes to ${name}_app, ${name}_top;
          grant ${name}_top to ${name}_mid with admin option;
          grant ${name}_top to ${name}_app; grant ${name}_top to ${name}_app granted by ${
            (await serverMajor()) >= 16 ? `${name}_mid` : 'current_user'
          }`)
        const config = { roles: { app: `${name}_app` }, tables: ['notes'] }
        const found = async () =>
          (await audit(client, config)).findings.filter(
            ({ check }) => check === 'app-role-can-set-role',
          )
        const [finding, ...others] = await found()
        expect(others).to.deep.equal([])
        await client.query(finding?.fix ?? '')
        expect(await found()).to.deep.equal([])
      })
    } finally {
      await database.drop()
    }
  })
})
