import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import type { Kysely } from 'kysely'
import type { StreamEvent, WaitingEvent } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { describeFaults, limitWaiting, tenantsSeen } from '../../support/fault-bench.ts'
import { waitAtGate, withGate } from '../../support/gate.ts'
import { strategyOptions } from '../../support/strategies.ts'
import { A, B, openDb, type Tables } from '../../support/tenants.ts'

describeFaults('faults: waiting for a client', (bench) => {
  const USE_TRX =
    'Inside a transaction use the `trx` of its callback, not the Kysely around it. Hold clients for a shorter time, or raise `max` of the pool.'

  for (const max of [1, 3]) {
    it(`F12b a scope that holds all of ${max} clients and asks for another is told so`, async () => {
      await bench.reopen({ pool: { max } })
      await limitWaiting(bench.app.pool)
      const { db, tenancy } = bench.app
      const handle = tenancy.forTenant(db, A)
      const ways = [
        () => bench.inA(() => nested(db, max)),
        () => nested(handle, max),
        () => bench.inA(() => nested(handle, max)),
        () => bench.inA(() => db.transaction().execute(() => nested(handle, max))),
        () =>
          bench.inA(() => db.transaction().execute(() => tenancy.run(A, () => nested(db, max)))),
      ]
      for (const way of ways) {
        expect(told(await failure(way()))).to.deep.equal({
          code: 'POOL.EXHAUSTED',
          message: [
            `A statement of tenant "${A}" waited n s for a client of the pool; it was not sent. Clients: ${max} in use, ${max} of them by this scope, 0 by open streams.`,
            ...Array(max).fill(`transaction of tenant "${A}" for n s`),
          ],
          hint: USE_TRX,
          cause: 'timeout exceeded when trying to connect',
        })
      }
      await bench.expectClean()
    })
  }

  it('F12b without a limit a scope that may wait for ever is reported once, and goes on when it can', async () => {
    const open = () => openDb(bench.world, { dialect: strategyOptions(bench.strategy) })
    const [other, working] = [open(), open()]
    const warnings: Error[] = []
    const warn = (warning: Error) => void warnings.push(warning)
    process.on('warning', warn)
    await withGate(bench.admin, async (gate) => {
      const waited = eventsOf<WaitingEvent>('kysely-tenants:waiting', 4)
      const handle = bench.app.tenancy.forTenant(bench.app.db, A)
      const trx = await handle.startTransaction().execute()
      const own = [tenantsSeen(handle), tenantsSeen(handle)]
      // The scope that holds this client waits for no other.
      const innocent = other.tenancy.forTenant(other.db, A)
      const held = await innocent.startTransaction().execute()
      const patient = other.tenancy.run(B, () => tenantsSeen(other.db))

      // And this one gets on with its work.
      const busy = working.tenancy.forTenant(working.db, B)
      const long = await busy.startTransaction().execute()
      const work = waitAtGate.execute(long)
      await gate.arrived()
      const behind = tenantsSeen(busy)

      const byTransaction = [{ use: 'transaction', tenant: A }]
      expect((await waited).map(summary)).to.deep.equal([
        { tenant: A, leases: byTransaction },
        { tenant: A, leases: byTransaction },
        { tenant: B, leases: byTransaction },
        { tenant: B, leases: [{ use: 'transaction', tenant: B }] },
      ])
      await turn()
      expect(warnings.map(told)).to.deep.equal([
        {
          code: 'POOL.EXHAUSTED',
          message: [
            `A statement of tenant "${A}" has waited n s for a client of the pool, and so has every scope that holds one: they may wait for each other without end. Clients: 1 in use, 1 of them by this scope, 0 by open streams.`,
            `transaction of tenant "${A}" for n s`,
          ],
          hint: `${USE_TRX} With a \`connectionTimeoutMillis\` the pool throws instead of waiting on.`,
          cause: undefined,
        },
      ])
      await gate.open()
      await work
      for (const one of [trx, held, long]) await one.commit().execute()
      expect(await Promise.all([...own, patient, behind])).to.deep.equal([[A], [A], [B], [B]])
    }).finally(async () => {
      process.off('warning', warn)
      await other[Symbol.asyncDispose]()
      await working[Symbol.asyncDispose]()
    })
    await bench.expectClean()
  })

  it('F57 a stream that is not read is counted, and named to a scope that waits for its client', async () => {
    await bench.reopen({ pool: { max: 2 } })
    await limitWaiting(bench.app.pool)
    const { db, tenancy } = bench.app
    const opened = eventsOf<StreamEvent>('kysely-tenants:stream', 4)
    const rows = (tenant: string) => {
      const query = tenancy.forTenant(db, tenant).selectFrom('projects').select('id')
      return query.stream(1)[Symbol.asyncIterator]()
    }
    const [forgotten, read] = [rows(A), rows(B)]
    await forgotten.next()
    await read.next()
    expect(told(await failure(tenancy.run('tenant-c', () => tenantsSeen(db))))).to.deep.equal({
      code: 'POOL.EXHAUSTED',
      message: [
        `A statement of tenant "tenant-c" waited n s for a client of the pool; it was not sent. Clients: 2 in use, 0 of them by this scope, 2 by open streams.`,
        'stream of another tenant for n s',
        'stream of another tenant for n s',
      ],
      hint: 'Read a stream to its end, or leave it by `break` or `return()`. Hold clients for a shorter time, or raise `max` of the pool.',
      cause: 'timeout exceeded when trying to connect',
    })
    for (let done = false; !done; ) done = (await read.next()).done === true
    await forgotten.return?.()
    expect((await opened).map(({ scope, open }) => [scope.tenant, open])).to.deep.equal([
      [A, 1],
      [B, 2],
      [B, 1],
      [A, 0],
    ])
    await bench.expectClean()
  })
})

/** Opens `depth` transactions, each in the one before, and asks past them all. */
function nested(db: Kysely<Tables>, depth: number): Promise<unknown> {
  return db.transaction().execute(() => (depth === 1 ? tenantsSeen(db) : nested(db, depth - 1)))
}

/** An error without the times in its message. */
function told(error: Error) {
  const { code, hint, detail } = error as { code?: string; hint?: string; detail?: string }
  return {
    code,
    hint: hint ?? detail,
    message: error.message.replace(/\d+\.\d s/g, 'n s').split('\n  '),
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  }
}

function summary({ scope, waitedMs, leases }: WaitingEvent) {
  expect(waitedMs).to.be.within(900, 10_000)
  return {
    tenant: scope.tenant,
    leases: leases.map((lease) => {
      expect(lease.heldMs).to.be.at.least(waitedMs)
      return { use: lease.use, tenant: lease.scope.tenant }
    }),
  }
}

/** The next `count` events of a channel. */
function eventsOf<Event>(channel: string, count: number): Promise<Event[]> {
  return new Promise((resolve) => {
    const events: Event[] = []
    subscribe(channel, function listen(event) {
      // Each channel has one type of events.
      if (events.push(event as Event) < count) return
      unsubscribe(channel, listen)
      resolve(events)
    })
  })
}
