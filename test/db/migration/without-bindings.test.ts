import { expect } from 'chai'
import createKnex from 'knex'
import { withoutBindings } from '../../../src/migration/without-bindings.ts'
import { createDatabase, type TestDatabase, withClient } from '../../support/postgres.ts'

const EXPRESSIONS = [
  `'a?b??c'`,
  String.raw`'a\?b'`,
  String.raw`'^\?+\\?$'`,
  String.raw`'it''s \?' || 'x?'`,
  String.raw`E'a\?b?c'`,
  String.raw`E'a\\?b'`,
  String.raw`E'o\'clo\\\\?ck''s\n?'`,
  String.raw`e'\\?' || '\\\?' || E'\?'`,
  String.raw`1 as "a\?"`,
  String.raw`1 as "the ""\\?"" name?"`,
  `'{"a": 1}'::jsonb ? 'a'`,
  `'{"a": 1}'::jsonb ?| array['a', '?']`,
  `'{"a": 1}'::jsonb @? '$.a ? (@ > 0)'`,
  String.raw`1 as "ends with e", '\?' as e, 'E''\?'`,
]

describe('a statement for knex.raw', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  for (const expression of EXPRESSIONS) {
    it(`means what it meant: ${expression}`, async () => {
      const sql = `select ${expression}`
      const expected = await withClient(database.url, (client) => client.query(sql))
      const knex = createKnex({ client: 'pg', connection: database.url })
      try {
        const { rows } = await knex.raw(withoutBindings(sql))
        expect(rows).to.deep.equal(expected.rows)
      } finally {
        await knex.destroy()
      }
    })
  }

  it('is the same where there is no question mark', () => {
    const sql = String.raw`select '\d+', "a\b", E'\\'`
    expect(withoutBindings(sql)).to.equal(sql)
  })
})
