import { expect } from 'chai'
import { literal } from '../../../src/sql/literal.ts'
import { identifier } from '../../../src/sql/quote.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'

// PostgreSQL is the reference: a second list of keywords could be wrong in the same way.
describe('P8 quote', () => {
  it('quotes every name that PostgreSQL quotes, in the same way', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ name: string; quoted: string }>(
          `select name, quote_ident(name) as quoted
           from (
             select word from pg_get_keywords()
             union all values ('projects'), ('Projects'), ('a"b'), ('a b'), ('1a'), ('ä')
           ) names (name)
           where quote_ident(name) <> name or name = 'projects'`,
        )
        expect(rows.map(({ name }) => identifier(name))).to.deep.equal(
          rows.map(({ quoted }) => quoted),
        )
      }),
    ))

  it('carries every value through a round trip', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        for (const value of ['', "o'clock", '\\', "\\' or 1=1 --", 'ä\n', '$1']) {
          for (const standard of ['on', 'off']) {
            await client.query(`set standard_conforming_strings = ${standard}`)
            const { rows } = await client.query(`select ${literal(value)} as value`)
            expect(rows).to.deep.equal([{ value }])
          }
        }
      }),
    ))
})
