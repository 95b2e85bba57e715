import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import {
  backendOf,
  behindNextError,
  describeFaults,
  makeImpatient,
  nextServerError,
  tenantsSeen,
  terminate,
} from '../../support/fault-bench.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { A, type Tables } from '../../support/tenants.ts'

const hasSignals = !loadedVersion('kysely').startsWith('0.28.')

/** 100 rows of the tenant, each with the tenant that the server had in mind when it made it. */
const hundred = (db: Kysely<Tables>) =>
  db
    .selectFrom('projects')
    .innerJoin(sql<{ n: number }>`generate_series(1, 50)`.as<'g'>(sql`g(n)`), (join) =>
      join.onTrue(),
    )
    .select(['tenant_id', 'g.n', sql<string>`current_setting('app.tenant_id')`.as('setting')])

describeFaults('faults: streams', (bench) => {
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)
  /** Around a driver the stream is closed, and the server's answer proves that nothing of it is left. */
  const expectClosedOrNew = () =>
    bench.strategy === 'sequential' ? expectSameClient() : expectNewClient()
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)

  /** Reads until the end, an error, or as many rows as `rows`. */
  const read = async (db: Kysely<Tables>, rows = Infinity) => {
    let seen = 0
    for await (const row of hundred(db).stream(10)) {
      expect([row.tenant_id, row.setting]).to.deep.equal([A, A])
      if (++seen === rows) break
    }
    return seen
  }
  /** Begins a stream and forgets it. */
  const abandon = async (db: Kysely<Tables>) => {
    const rows = hundred(db).stream(10)[Symbol.asyncIterator]()
    await rows.next()
    await rows.next()
    return rows
  }

  for (const builder of ['connection', 'transaction'] as const) {
    it(`F19 a ${builder} that returns with an open stream does not wait for it`, async () => {
      const run = bench.inA((db) =>
        db[builder]().execute(async (one) => {
          await insertForA(100).execute(one)
          await abandon(one)
        }),
      )
      if (builder === 'connection') await run
      else expect((await failure(run)).code).to.equal('TRANSACTION.STATEMENT_RUNNING')
      expect(await bench.stored()).to.deep.equal(builder === 'connection' ? [100] : [])
      await expectClosedOrNew()
      await bench.admin.query('delete from projects where id = 100')
      await bench.expectClean()
    })

    it(`F19b a ${builder} that throws with an open stream does not wait for it`, async () => {
      const mine = new Error('mine')
      const run = bench.inA((db) =>
        db[builder]().execute(async (one) => {
          await abandon(one)
          throw mine
        }),
      )
      expect(await failure(run)).to.equal(mine)
      await expectClosedOrNew()
      await bench.expectClean()
    })
  }

  it('F56 a stream has the tenant of its scope in every row, and gives its client back at the end', async () => {
    expect(await bench.inA((db) => read(db))).to.equal(100)
    await expectSameClient()
    await bench.expectClean()
  })

  it('F56a a consumer that breaks off gives the client back', async () => {
    expect(await bench.inA((db) => read(db, 15))).to.equal(15)
    await expectSameClient()
    await bench.expectClean()
  })

  it('F56b an error in mid-stream is the error of the stream, and the client stays usable', async () => {
    const run = bench.inA(async (db) => {
      const query = db.selectNoFrom(sql`1 / (50 - generate_series(1, 100))`.as('n'))
      let rows = 0
      try {
        for await (const _ of query.stream(10)) rows++
      } finally {
        expect(rows).to.be.within(1, 49)
      }
    })
    expect((await failure(run)).code).to.equal('22012')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F56c a connection that is reset in mid-stream rejects the stream', async () => {
    bench.on({ dir: 'B', type: 's', nth: 3, action: 'rst' })
    const error = await failure(bench.inA((db) => read(db)))
    expect(error).to.be.an('error').and.not.to.have.property('severity')
    await expectNewClient()
    await bench.expectClean()
  })

  it('F56d a backend that is terminated between two chunks rejects the stream', async () => {
    const run = bench.inA(async (db) => {
      const rows = await abandon(db)
      await terminate(bench.admin, bench.pid)
      for (;;) if ((await rows.next()).done) return
    })
    expect(await failure(run)).to.be.an('error')
    await expectNewClient()
    await bench.expectClean()
  })

  it('F56e a stream that is pulled from another scope stays in its own', async () => {
    const { db, tenancy } = bench.app
    const rows = await bench.inA(abandon)
    let seen = 2
    await tenancy.runGlobal(async () => {
      for await (const row of rows) {
        expect([row.tenant_id, row.setting]).to.deep.equal([A, A])
        seen++
      }
    })
    expect(seen).to.equal(100)
    expect(await tenancy.run(A, () => tenantsSeen(db))).to.deep.equal([A])
    await bench.expectClean()
  })

  it('F56g a stream without further answers ends with query_timeout', async () => {
    makeImpatient(bench.app.pool)
    const hole = bench.on({ dir: 'B', type: 's', nth: 3, action: 'blackhole' })
    const error = await failure(bench.inA((db) => read(db)))
    expect(error.message).to.equal('Query read timeout')
    ;(await hole.fired).cut()
    await expectNewClient()
    await bench.expectClean()
  })

  it('F56h a stream whose error comes late is not settled before the server is ready', async () => {
    const holding = behindNextError(bench, 'hold')
    const told = nextServerError(bench.app.pool)
    let isSettled = false
    const failed = failure(
      bench.inA(async (db) => {
        const query = db.selectNoFrom(sql`1 / (1 - generate_series(1, 2))`.as('n'))
        for await (const _ of query.stream(1));
      }),
    ).finally(() => {
      isSettled = true
    })
    const held = await holding
    await Promise.all([held.fired, told])
    await new Promise(setImmediate)
    const { idleCount } = bench.app.pool
    expect({ isSettled, idleCount }).to.deep.equal({ isSettled: false, idleCount: 0 })
    held.release()
    expect((await failed).code).to.equal('22012')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F57 a stream that is dropped without return() keeps its client, which no other scope gets', async () => {
    await bench.reopen({ pool: { max: 2 } })
    const rows = await bench.inA(abandon)
    try {
      for (let i = 0; i < 3; i++) expect(await bench.inA(backendOf)).not.to.equal(bench.pid)
      expect(bench.app.pool.totalCount).to.equal(2)
    } finally {
      await rows.return?.()
    }
    await bench.expectClean()
  })

  if (!hasSignals) return

  it('F56f a stream that is aborted rejects, and gives its client back when it is settled', async () => {
    const abort = new AbortController()
    const run = bench.inA(async (db) => {
      const options = { chunkSize: 10, signal: abort.signal }
      let seen = 0
      // Kysely 0.28 types a number here; this test runs where the options are known.
      for await (const _ of hundred(db).stream(options as never)) {
        if (++seen === 15) abort.abort(new Error('no longer wanted'))
      }
    })
    expect((await failure(run)).message).to.equal('no longer wanted')
    await bench.expectClean()
    await expectSameClient()
  })
})
