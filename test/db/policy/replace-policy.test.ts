import { expect } from 'chai'
import type pg from 'pg'
import { replacePolicy } from '../../../src/policy/replace-policy.ts'
import type { TenantPolicy } from '../../../src/policy/tenant-policies.ts'
import { createDatabase, type TestDatabase, withRollback } from '../../support/postgres.ts'

const LONG = `${'long '.repeat(12)}end`

describe('a policy in the place of another one of its name', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  for (const [title, name, others] of [
    ['whose temporary name is free', 'access', ['other']],
    ['whose temporary name is taken', 'access', ['access_new']],
    ['whose temporary name is taken several times', 'access', ['access_new', 'access_new2']],
    ['whose name is as long as a name can be', LONG, []],
  ] as const) {
    it(`${title} is the only one afterwards, and marked`, () =>
      withRollback(database.url, async (client) => {
        await client.query('create table projects (id int)')
        for (const existing of [name, ...others]) {
          await client.query(`create policy "${existing}" on projects as restrictive using (true)`)
        }
        const policies = await policiesOf(client)
        const { create, mark, drop, rename } = replacePolicy(TABLE, policy(name), policies)
        for (const statement of [create, mark, drop, rename]) await client.query(statement)
        expect(await policiesOf(client)).to.deep.equal([
          { name, permissive: true, comment: 'Written by kysely-tenants.' },
          ...others.map((other) => ({ name: other, permissive: false, comment: null })),
        ])
      }))
  }
})

const TABLE = { schema: 'public', name: 'projects' }

function policy(name: string): TenantPolicy {
  const using = { sql: 'id > 0', deparsed: '(id > 0)' }
  return { name, permissive: true, command: 'select', roles: [], using, check: undefined, why: '' }
}

async function policiesOf(client: pg.Client) {
  const { rows } = await client.query<{ name: string }>(`
    select polname as name, polpermissive as permissive, obj_description(oid, 'pg_policy') as comment
    from pg_policy order by polpermissive desc, polname`)
  return rows
}
