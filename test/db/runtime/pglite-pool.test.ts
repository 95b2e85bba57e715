import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { createTenancy, TenantDialect, TenantPlugin } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { A, B, type Tables, worldSql } from '../../support/tenants.ts'

describe('a pool over PGlite', () => {
  let pglite: PGlite

  before(async function () {
    this.timeout(120_000)
    pglite = await PGlite.create()
    await pglite.exec(worldSql('app_user', 'app_admin'))
    await pglite.exec(`
      grant temporary on database postgres to app_user;
      create function leave_table() returns int language plpgsql as
        $$ begin create temp table leftovers as select * from projects; return 1; end $$;
      create function leave_timeout() returns int language plpgsql as
        $$ begin set statement_timeout = '7min'; return 1; end $$;
      set role app_user`)
  })
  after(() => pglite.close())

  for (const strategy of ['local', 'set-local'] as const) {
    it(`${strategy}: statements, transactions, streams and errors, each with its tenant`, async () => {
      const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
      const pool = new pg.Pool(createPgConfig(pglite) as unknown as pg.PoolConfig)
      const db = new Kysely<Tables>({
        dialect: new TenantDialect({ tenancy, pool, strategy, guard: 'off', cursor: Cursor }),
        plugins: [new TenantPlugin({ tenancy })],
      })
      const read = db.selectFrom('projects').select('id').orderBy('id')
      const ids = async () => (await read.execute()).map(({ id }) => id)
      const leftovers = async () => {
        const { rows } = await sql<{ left: string }>`
          select current_user || ' ' || current_setting('statement_timeout') || ' '
            || coalesce(to_regclass('pg_temp.leftovers')::text, 'none') as left`.execute(db)
        return rows[0]?.left
      }

      for (let i = 0; i < 3; i++) {
        expect(await tenancy.run(A, ids)).to.deep.equal([1, 2])
        expect(await tenancy.run(B, ids)).to.deep.equal([1, 3])
      }
      await tenancy.run(A, async () => {
        const streamed: number[] = []
        for await (const { id } of read.stream(1)) streamed.push(id)
        expect(streamed).to.deep.equal([1, 2])
        expect(await failure(sql`select 1/0`.execute(db))).to.include({ code: '22012' })
        await db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values({ id: 50, title: 't', tenant_id: A }).execute()
        })
        expect(await ids()).to.deep.equal([1, 2, 50])
        await db.deleteFrom('projects').where('id', '=', 50).execute()
        await sql`select leave_table()`.execute(db)
        await sql`select leave_timeout()`.execute(db)
      })
      expect(await tenancy.run(B, leftovers)).to.equal('app_user 0 none')
      expect(await tenancy.run(B, ids)).to.deep.equal([1, 3])
      const { rows } = await tenancy.runGlobal(() => sql`select * from projects`.execute(db))
      expect(rows).to.deep.equal([])
    })
  }
})
