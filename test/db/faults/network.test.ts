import { expect } from 'chai'
import { sql } from 'kysely'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import {
  backendOf,
  behindNextError,
  describeFaults,
  makeImpatient,
  nextServerError,
  tenantsSeen,
} from '../../support/fault-bench.ts'
import type { Action } from '../../support/fault-proxy.ts'
import { A } from '../../support/tenants.ts'

const INSERT = /insert into projects/

describeFaults('faults: the network', (bench) => {
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)
  const insert = () => bench.inA((db) => insertForA(100).execute(db))
  const insertAndThen = (then: () => void) =>
    bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        await insertForA(100).execute(trx)
        then()
      }),
    )
  const giveUp = () => {
    throw new Error('changed my mind')
  }

  const cuts: Readonly<Record<string, readonly [Action, string]>> = {
    F04: ['rst', 'reset in front of a statement'],
    F04a: ['fin', 'closed in front of a statement'],
    F04c: ['half', 'reset in the middle of a statement'],
  }
  for (const [id, [action, name]] of Object.entries(cuts)) {
    it(`${id} a connection ${name} rejects it, and nothing is run`, async () => {
      for (const run of [insert, () => insertAndThen(() => undefined)]) {
        bench.on({ dir: 'F', match: INSERT, action })
        const error = await failure(run())
        expect(error).to.be.an('error')
        expect(error).not.to.have.property('severity')
        expect(await bench.stored()).to.deep.equal([])
        await bench.expectClean()
      }
      await expectNewClient()
    })
  }

  it('F04b a connection reset behind an insert rejects it, though the server may have run it', async () => {
    bench.on({ dir: 'B', match: /INSERT/, action: 'rst' })
    expect(await failure(insert())).not.to.have.property('severity')
    await expectNewClient()
    await bench.expectClean()
  })

  it('F15b a connection reset behind COMMIT rejects the transaction, though the server ran it', async () => {
    bench.on({ dir: 'B', match: /COMMIT/, action: 'rst' })
    expect(await failure(insertAndThen(() => undefined))).not.to.have.property('severity')
    // Only a look at the table tells.
    expect(await bench.stored()).to.deep.equal([100])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F04d a connection reset behind an SQL error reports the error, and its client is destroyed', async () => {
    bench.on({ dir: 'B', type: 'E', when: 'after', action: 'rst' })
    const error = await failure(bench.inA((db) => sql`select 1/0`.execute(db)))
    expect(error.code).to.equal('22012')
    await expectNewClient()
    await bench.expectClean()
  })

  it('F04e a FATAL error behind an SQL error ends no process, and its client is destroyed', async () => {
    const fatal = 'SFATAL\0VFATAL\0C57P01\0Mgoing down\0\0'
    const frame = Buffer.alloc(5 + fatal.length)
    frame.write('E', 0)
    frame.writeInt32BE(4 + fatal.length, 1)
    frame.write(fatal, 5)
    const going = behindNextError(bench, () => frame)
    const told = nextServerError(bench.app.pool)
    const failed = failure(bench.inA((db) => sql`select 1/0`.execute(db)))
    const wire = await (await going).fired
    await told
    await new Promise(setImmediate)
    wire.cut()
    expect((await failed).code).to.equal('22012')
    await expectNewClient()
    await bench.expectClean()
  })

  it('F04f a connection that is lost behind an error is why the next statement is refused', async () => {
    const [holding, told] = [behindNextError(bench, 'hold'), nextServerError(bench.app.pool)]
    const errors: Error[] = []
    const run = failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          errors.push(await failure(sql`select 1/0`.execute(trx)))
          errors.push(await failure(tenantsSeen(trx)))
        }),
      ),
    )
    const wire = await (await holding).fired
    await told
    await new Promise(setImmediate)
    wire.cut()
    await run
    const [divided, refused] = errors
    expect(divided).to.include({ code: '22012' })
    expect(refused).to.include({ code: 'SCOPE.ENDED' })
    expect(refused?.cause).to.be.an('error').and.include({
      message: 'Connection terminated behind an error of the server',
      cause: divided,
    })
    await expectNewClient()
    await bench.expectClean()
  })

  it('F05 a half-open connection ends with query_timeout, and its client is destroyed', async () => {
    for (const action of ['blackhole', 'blackholeBack'] as const) {
      await bench.reopen({})
      makeImpatient(bench.app.pool)
      const hole = bench.on({ dir: 'F', match: INSERT, action })
      const { message } = await failure(insertAndThen(() => undefined))
      expect(message).to.equal('Query read timeout')
      // The server learns of it when the network is back.
      ;(await hole.fired).cut()
      await expectNewClient()
      await bench.expectClean()
      expect(await bench.stored()).to.deep.equal([])
    }
  })

  it('F25 a connection reset on COMMIT rejects the transaction, of which nothing is stored', async () => {
    bench.on({ dir: 'F', match: /commit/i, action: 'rst' })
    expect(await failure(insertAndThen(() => undefined))).not.to.have.property('severity')
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F37 P9 a connection reset on ROLLBACK leaves the error that the user threw', async () => {
    bench.on({ dir: 'F', match: /rollback/i, action: 'rst' })
    expect((await failure(insertAndThen(giveUp))).message).to.equal('changed my mind')
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F25b P9 a ROLLBACK without an answer leaves the error that the user threw, and is given up', async () => {
    makeImpatient(bench.app.pool)
    const hole = bench.on({ dir: 'F', match: /rollback/i, action: 'blackhole' })
    expect((await failure(insertAndThen(giveUp))).message).to.equal('changed my mind')
    ;(await hole.fired).cut()
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F25c P9 a ROLLBACK that the server refuses leaves the error that the user threw', async () => {
    bench.on({
      dir: 'F',
      match: /rollback/i,
      action: (bytes) => Buffer.from(bytes.toString('latin1').replace(/rollback/i, 'rollbuck')),
    })
    expect((await failure(insertAndThen(giveUp))).message).to.equal('changed my mind')
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F27 answers that come byte by byte are answers', async () => {
    bench.on({ dir: 'B', type: '123CDEKNRSTZnst', once: false, action: 'bytes' })
    await insertAndThen(() => undefined)
    expect(await bench.inA(tenantsSeen)).to.deep.equal([A])
    expect((await failure(bench.inA((db) => sql`select 1/0`.execute(db)))).code).to.equal('22012')
    const titles: string[] = []
    await bench.inA(async (db) => {
      const query = db.selectFrom('projects').select('title').orderBy('id')
      for await (const { title } of query.stream(2)) titles.push(title)
    })
    expect(titles).to.deep.equal(['a one', 'a two', `for ${A}`])
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    await bench.expectClean()
  })
})
