import { expect } from 'chai'
import type { Kysely } from 'kysely'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults, makeImpatient, untilGone } from '../../support/fault-bench.ts'
import { waitAtGate, withGate } from '../../support/gate.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { B, type Tables } from '../../support/tenants.ts'

const hasSignals = !loadedVersion('kysely').startsWith('0.28.')

describeFaults('faults: client-side timeouts and aborts', (bench) => {
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)

  it('F06 a statement that takes too long is given up at once, though the server is still at it', async () => {
    makeImpatient(bench.app.pool)
    await withGate(bench.admin, async (gate) => {
      const failed = failure(bench.inA((db) => waitAtGate.execute(db)))
      await gate.arrived()
      expect((await failed).message).to.equal('Query read timeout')
      await expectNewClient()
      await bench.expectClean()
    })
  })

  it('F06b a transaction whose statement takes too long is given up, and nothing of it is stored', async () => {
    makeImpatient(bench.app.pool)
    await withGate(bench.admin, async () => {
      const failed = failure(
        bench.inA((db) =>
          db.transaction().execute(async (trx) => {
            await insertForA(100).execute(trx)
            await waitAtGate.execute(trx)
          }),
        ),
      )
      expect((await failed).message).to.equal('Query read timeout')
    })
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  const givingUp: Readonly<Record<string, (db: Kysely<Tables>) => typeof db.transaction>> = {
    // Both builders have the `execute` that is called; their types share no more.
    F08: (db) => db.connection.bind(db) as never,
    F08b: (db) => db.transaction.bind(db),
  }
  for (const [id, builderOf] of Object.entries(givingUp)) {
    const name = id === 'F08' ? 'connection' : 'transaction'
    it(`${id} a ${name} that is left while its statement runs is never pooled busy`, async () => {
      await withGate(bench.admin, async (gate) => {
        let late: Promise<unknown> = Promise.resolve()
        const left = bench.inA((db) =>
          builderOf(db)().execute(async (one) => {
            late = failure(waitAtGate.execute(one))
            await gate.arrived()
            throw new Error('gave up')
          }),
        )
        expect((await failure(left)).message).to.equal('gave up')
        expect(await late).to.be.an('error')
        await expectNewClient()
        await bench.expectClean()
      })
    })
  }

  if (!hasSignals) return

  for (const strategy of ['ignore query', 'cancel query', 'kill session'] as const) {
    it(`F53 a statement that is aborted (${strategy}) gives its client back when it is settled`, async () => {
      const abort = new AbortController()
      const options = { signal: abort.signal, inflightQueryAbortStrategy: strategy }
      await withGate(bench.admin, async (gate) => {
        const run = bench.inA((db) =>
          db.executeQuery(waitAtGate.compile(db), options as AbortOptions),
        )
        const failed = failure(run)
        await gate.arrived()
        abort.abort(new Error('no longer wanted'))
        expect((await failed).message).to.equal('no longer wanted')
        if (strategy === 'ignore query') {
          expect(bench.app.pool.idleCount).to.equal(0)
          await gate.open()
        }
        await bench.expectClean()
      })
      const isSame = (await bench.inA(backendOf)) === bench.pid
      expect(isSame).to.equal(strategy === 'ignore query')
    })
  }

  it('F53b a statement of the admin is cancelled over a connection of the admin login', async () => {
    const { db, tenancy } = bench.app
    const abort = new AbortController()
    const options = { signal: abort.signal, inflightQueryAbortStrategy: 'cancel query' }
    await withGate(bench.admin, async (gate) => {
      const run = tenancy.runAsAdmin(() =>
        db.executeQuery(waitAtGate.compile(db), options as AbortOptions),
      )
      const failed = failure(run)
      const backend = await gate.arrived()
      abort.abort(new Error('no longer wanted'))
      expect((await failed).message).to.equal('no longer wanted')
      // The gate is closed: only a cancel lets the backend go on.
      await untilGone(bench.admin, backend)
    })
    await bench.expectClean()
  })

  it('F54 a client that comes when its statement is already aborted goes back unused', async () => {
    const holder = await bench.app.pool.connect()
    const abort = new AbortController()
    const run = bench.inA((db) =>
      db.executeQuery(insertForA(100).compile(db), { signal: abort.signal } as AbortOptions),
    )
    const failed = failure(run)
    while (bench.app.pool.waitingCount === 0) await new Promise(setImmediate)
    abort.abort(new Error('no longer wanted'))
    expect((await failed).message).to.equal('no longer wanted')
    holder.release()
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F55 a cancel that arrives late never meets the statement of another tenant', async () => {
    const cancel = bench.on({ dir: 'F', match: /pg_cancel_backend/, action: 'hold' })
    const abort = new AbortController()
    const options = { signal: abort.signal, inflightQueryAbortStrategy: 'cancel query' }
    await withGate(bench.admin, async (gate) => {
      const run = bench.inA((db) =>
        db.executeQuery(waitAtGate.compile(db), options as AbortOptions),
      )
      const failed = failure(run)
      await gate.arrived()
      abort.abort(new Error('no longer wanted'))
      expect((await failed).message).to.equal('no longer wanted')
      ;(await cancel.fired).cutClient()
    })
    // The statement is over, and Kysely has heard that the cancel failed.
    await withGate(bench.admin, async (gate) => {
      const { db, tenancy } = bench.app
      const next = tenancy.run(B, () => waitAtGate.execute(db))
      await gate.arrived()
      cancel.release()
      await untilGone(bench.admin, (await cancel.fired).pid ?? 0)
      await gate.open()
      expect((await next).rows).to.have.length(1)
    })
    await expectNewClient()
    await bench.expectClean()
  })
})

// Kysely 0.28 has no options here.
type AbortOptions = never
