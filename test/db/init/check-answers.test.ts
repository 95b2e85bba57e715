import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { proposalFor, refusalOf, surveyOf } from '../../support/proposals.ts'

describe('init refuses answers', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const proposal = async (sql: string, answers?: Answers) =>
    proposalFor(await surveyOf(database, sql), answers)

  it('names that the database does not have, all at once', async () => {
    const answers = {
      column: 'org',
      tenantsTable: 'orgs',
      shared: ['notes'],
      appRoles: ['nobody', 'me'],
      adminRoles: ['me'],
    }
    const sql = 'create table projects (id int primary key, tenant_id uuid not null)'
    expect(await refusalOf(proposal(sql, answers))).to.deep.equal({
      code: 'INIT.UNKNOWN_NAME',
      message: [
        'The flags and the database do not match; nothing was written.',
        'No table has a column org.',
        'There is no table orgs.',
        'There is no table notes.',
        'There is no role nobody.',
        'There is no role me.',
        'me cannot be both the app role and the admin role.',
      ].join('\n  '),
    })
  })

  it('those that would change nothing', async () => {
    const sql = `
      create table orgs (a int, b int, primary key (a, b));
      create table countries (code text primary key);
      create table projects (id int primary key, tenant_id uuid not null)`
    expect(
      await refusalOf(proposal(sql, { tenantsTable: 'orgs', shared: ['countries', 'projects'] })),
    ).to.deep.equal({
      code: 'INIT.UNKNOWN_NAME',
      message: [
        'The flags and the database do not match; nothing was written.',
        'orgs has no key of one column that could be the tenant.',
        'countries has no tenant column, and so no rows to share.',
      ].join('\n  '),
    })
  })
})
