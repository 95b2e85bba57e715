import { expect } from 'chai'
import { sql } from 'kysely'
import pg from 'pg'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import {
  backendOf,
  behindNextError,
  describeFaults,
  nextServerError,
} from '../../support/fault-bench.ts'

const divide = sql`select 1/0`

describeFaults('faults: errors of a statement', (bench) => {
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)

  it('F02 an SQL error is the error of the server, and the tenant is gone with it', async () => {
    expect((await failure(bench.inA((db) => divide.execute(db)))).code).to.equal('22012')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F02b an SQL error in a transaction rolls it back and is the error that leaves it', async () => {
    const error = await failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          await insertForA(100).execute(trx)
          await divide.execute(trx)
        }),
      ),
    )
    expect(error.code).to.equal('22012')
    await expectSameClient()
    expect(await bench.stored()).to.deep.equal([])
    await expectSameClient()
    await bench.expectClean()
  })

  it('F34 a constraint that fails behind the result rejects the statement, and stores nothing', async () => {
    const insert = sql`insert into slots (slot) values (1), (1)`
    expect((await failure(bench.inA((db) => insert.execute(db)))).code).to.equal('23505')
    const { rows } = await bench.admin.query('select * from slots')
    expect(rows).to.deep.equal([])
    await expectSameClient()
    await bench.expectClean()
  })

  it('F41 a statement that failed is not settled before the server is ready, nor its client given on', async () => {
    const holding = behindNextError(bench, 'hold')
    const told = nextServerError(bench.app.pool)
    let isSettled = false
    const failed = failure(bench.inA((db) => divide.execute(db))).finally(() => {
      isSettled = true
    })
    const held = await holding
    await Promise.all([held.fired, told])
    await new Promise(setImmediate)
    expect({ isSettled, idle: bench.app.pool.idleCount }).to.deep.equal({
      isSettled: false,
      idle: 0,
    })
    held.release()
    expect((await failed).code).to.equal('22012')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F44 a parameter that cannot be converted rejects its statement, of which nothing is sent', async () => {
    const parameter = {
      toPostgres() {
        throw new Error('no text for this')
      },
    }
    const insert = sql`insert into projects (id, title) values (100, ${parameter})`
    expect((await failure(bench.inA((db) => insert.execute(db)))).message).to.equal(
      'no text for this',
    )
    await expectSameClient()
    const error = await failure(
      bench.inA((db) => db.transaction().execute((trx) => insert.execute(trx))),
    )
    expect(error.message).to.equal('no text for this')
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F45 a value that cannot be read rejects its statement when the server is ready', async () => {
    const types = {
      getTypeParser: (oid: number) => {
        if (oid !== pg.types.builtins.MONEY) return pg.types.getTypeParser(oid)
        return () => {
          throw new Error('no money')
        }
      },
    } as typeof pg.types
    await bench.reopen({ pool: { types } })
    const read = () => bench.inA((db) => sql`select '1'::money as price`.execute(db))
    expect((await failure(read())).message).to.equal('no money')
    await bench.expectClean()
  })

  it('F45b a value of a stream that cannot be read rejects the stream, and ends no process', async () => {
    const { MONEY } = pg.types.builtins
    const parse = pg.types.getTypeParser(MONEY)
    // pg-cursor knows no other parsers than those of the process.
    pg.types.setTypeParser(MONEY, () => {
      throw new Error('no money')
    })
    try {
      const read = bench.inA(async (db) => {
        const query = db.selectNoFrom(sql`'1'::money`.as('price'))
        for await (const _ of query.stream(1)) expect.fail('a row was read')
      })
      expect((await failure(read)).message).to.equal('no money')
    } finally {
      pg.types.setTypeParser(MONEY, parse)
    }
    await bench.expectClean()
  })
})
