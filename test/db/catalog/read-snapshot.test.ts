import { expect } from 'chai'
import { audit } from '../../../src/audit/audit.ts'
import type { Queryable } from '../../../src/catalog/read-only.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'

describe('the snapshot', () => {
  it('takes as many queries for 60 tables as for one', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        let queries = 0
        const counting: Queryable = {
          query: (text, values) => {
            queries++
            return client.query(text, values)
          },
        }
        const tables = Array.from({ length: 60 }, (_, index) => `t${index}`)
        for (const table of tables) {
          await client.query(`
            create table ${table} (tenant_id uuid, id int, primary key (tenant_id, id));
            create policy p on ${table} using (true);
            create view v_${table} as select * from ${table}`)
        }

        const one = await audit(counting, { tables: ['t0'] })
        const queriesForOne = queries
        queries = 0
        const all = await audit(counting, { tables })

        expect([one.tables, all.tables]).to.deep.equal([1, 60])
        expect(queriesForOne).to.be.greaterThan(10)
        expect(queries).to.equal(queriesForOne)
      }),
    ))

  it('leaves the transaction that could not write', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        await client.query('create table t (tenant_id uuid)')
        await audit(client, { tables: ['t'] })
        await client.query('insert into t values (null)')
        const { rows } = await client.query('show search_path')
        expect(rows).to.deep.equal([{ search_path: '"$user", public' }])
      }),
    ))
})
