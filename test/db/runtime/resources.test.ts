import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import { TenantDialect } from '../../../src/index.ts'
import { describeStrategies, titles } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { backendOf } from '../../support/fault-bench.ts'
import { A, openDb, type Tables } from '../../support/tenants.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes of buffers; those that are garbage are given back behind a collection, not in it. */
async function kept(): Promise<number> {
  collect()
  await turn()
  collect()
  return process.memoryUsage().arrayBuffers
}

const READS = 6000
const LARGE = 2_000_000

describeStrategies('what is kept', (bench) => {
  it(`does not grow with the ${READS} reads of a stream`, async function () {
    this.timeout(60_000)
    const query = sql`select g as id from generate_series(1, ${sql.lit(READS)}) g`
    await bench.inA(async () => {
      let read = 0
      let atFirst = 0
      let most = 0
      for await (const _ of bench.db.getExecutor().stream(query.compile(bench.db), 1)) {
        if (++read % 1000 !== 0) continue
        collect()
        const used = process.memoryUsage().heapUsed
        if (atFirst === 0) atFirst = used
        most = Math.max(most, used - atFirst)
      }
      expect(read).to.equal(READS)
      // A kilobyte for each read, if every read were remembered.
      expect(most).to.be.below(1_000_000)
    })
  })

  it('of a large statement is nothing when its client is idle', async () => {
    await bench.inA(() => backendOf(bench.db))
    const before = await kept()
    await bench.inA(async () => {
      const { rows } = await sql`select length(${'x'.repeat(LARGE)}) as length`.execute(bench.db)
      expect(rows).to.deep.equal([{ length: LARGE }])
    })
    expect((await kept()) - before).to.be.below(LARGE / 2)
  })

  it('on a pool is one set of listeners, for however many dialects', async () => {
    const { pool, tenancy } = bench.app
    const counts = () => pool.eventNames().map((name) => [name, pool.listenerCount(name)])
    await bench.inA(() => titles(bench.db).execute())
    const before = counts()
    for (let i = 0; i < 20; i++) {
      const dialect = new TenantDialect({ tenancy, pool, strategy: bench.strategy })
      const db = new Kysely<Tables>({ dialect })
      await tenancy.run(A, () => titles(db).execute())
    }
    expect(counts()).to.deep.equal(before)
  })
})

describe('what is said', () => {
  it('is no POOL.EXHAUSTED while the server is slow to accept a connection', async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as { port: number }
    const appUrl = `postgres://app@127.0.0.1:${port}/none`
    const app = openDb(
      { appUrl, adminUrl: appUrl },
      { pool: { max: 2, connectionTimeoutMillis: 200 } },
    )
    const errors = await Promise.all(
      Array.from({ length: 5 }, () => failure(app.tenancy.run(A, () => titles(app.db).execute()))),
    )
    const said = new Set(errors.map(({ message }) => message))
    expect(said).to.deep.equal(
      new Set([
        'Connection terminated due to connection timeout',
        'timeout exceeded when trying to connect',
      ]),
    )
    await app[Symbol.asyncDispose]()
    for (const socket of sockets) socket.destroy()
    mute.close()
  })
})

describeStrategies('a parameter that cannot be converted', (bench) => {
  // `sequential` prepares nothing.
  if (bench.strategy === 'sequential') return

  it('leaves the books of named statements right', async () => {
    const app = bench.open({ dialect: { prepare: { max: 2 } } })
    const run = (text: string, value: unknown) =>
      app.tenancy.run(A, () => sql`${sql.raw(text)} ${value}`.execute(app.db))
    const broken = {
      toPostgres() {
        throw new Error('cannot be converted')
      },
    }
    try {
      const pid = await app.tenancy.run(A, () => backendOf(app.db))
      for (let i = 0; i < 6; i++) {
        await run(`select ${i % 4} +`, 1)
        expect((await failure(run(`select ${(i + 1) % 4} +`, broken))).message).to.equal(
          'cannot be converted',
        )
        await run(`select ${(i + 1) % 4} +`, 1)
        await run(`select ${(i + 2) % 4} +`, 1)
      }
      const { rows } = await app.pool.query(
        `select count(*)::int as n from pg_prepared_statements where name like 'kt\\_%'`,
      )
      expect(rows[0].n).to.be.at.most(3)
      expect(await app.tenancy.run(A, () => backendOf(app.db))).to.equal(pid)
    } finally {
      await app[Symbol.asyncDispose]()
    }
  })
})
