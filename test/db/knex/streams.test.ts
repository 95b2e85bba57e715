import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { forTenant } from '../../../src/knex/index.ts'
import { failure } from '../../support/failure.ts'
import { KNEXES, openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

const ROUNDS = 20
const SILENT = { warn: () => undefined, error: () => undefined }

/** How an application does the three things that meet here. */
interface Application {
  openStream(): NodeJS.ReadableStream
  inTenantA(body: () => Promise<void>): Promise<unknown>
  readAsAnotherOne(): Promise<unknown[]>
}

/**
 * On a pool of one connection a stream is read slowly, so that the database is done with it before its
 * reader is. Meanwhile a transaction of tenant A asks for the connection. The reader ends, and another
 * application reads while the transaction is open.
 *
 * @returns how often the other one saw rows of A
 */
async function countLeaks({ openStream, inTenantA, readAsAnotherOne }: Application) {
  let leaks = 0
  for (let round = 0; round < ROUNDS; round++) {
    const stream = openStream()
    await once(stream, 'readable')
    for (let i = 0; i < 20; i++) await turn()
    const [began, begin] = signal()
    const [ended, end] = signal()
    const transaction = inTenantA(() => {
      begin()
      return ended
    })
    stream.resume()
    await once(stream, 'close')
    await began
    const rows = await readAsAnotherOne().catch(() => [])
    if (rows.length > 0) leaks++
    end()
    await transaction
  }
  return leaks
}

function signal(): [promise: Promise<void>, resolve: () => void] {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return [promise, resolve]
}

/** Connects the one connection of the pool, however long that takes; from here on the pool waits 30 ms. */
async function limitWaiting(db: Knex, connect: () => PromiseLike<unknown>): Promise<void> {
  await connect()
  db.client.pool.acquireTimeoutMillis = 30
}

const rowsOf = (db: Knex) => db('countries').joinRaw('cross join generate_series(1, 10) as g(n)')

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`P2 a stream that is read slowly, with Knex ${version}`, () => {
    let world: TenantWorld
    before(async () => {
      world = await createWorld()
    })
    after(() => world.drop())

    it('shows one tenant to another where the transaction sets its tenant by hand', async () => {
      const db = knex({ client: 'pg', connection: world.appUrl, pool: { min: 0, max: 1 } })
      await limitWaiting(db, () => db.raw('select 1'))
      const [{ resource: pooled }] = db.client.pool.free
      try {
        const leaks = await countLeaks({
          openStream: () => rowsOf(db).stream(),
          inTenantA: (body) =>
            db.transaction(async (trx) => {
              await trx.raw(`select set_config('app.tenant_id', ?, true)`, [A])
              await body()
            }),
          readAsAnotherOne: async () => db('projects'),
        })
        expect(leaks).to.be.greaterThan(ROUNDS / 4)
      } finally {
        // The pool has lost count of its connection, and would wait for it.
        await pooled.end()
      }
    })

    for (const way of ['in scopes', 'over handles'] as const) {
      it(`shows nothing ${way}`, async () => {
        const app = openKnex(world, { client: { knex }, config: { log: SILENT } })
        const { db, tenancy } = app
        const ofA = forTenant(db, A)
        try {
          await limitWaiting(db, () => ofA.raw('select 1'))
          const leaks = await countLeaks({
            openStream: () => tenancy.run(B, () => rowsOf(db).stream()),
            inTenantA: (body) =>
              way === 'in scopes'
                ? tenancy.run(A, () => db.transaction(body))
                : ofA.transaction(body),
            readAsAnotherOne: async () =>
              way === 'in scopes'
                ? tenancy.runGlobal(() => db.raw('select * from projects').then(({ rows }) => rows))
                : forTenant(db, 'tenant-c')('projects'),
          })
          expect(leaks).to.equal(0)
        } finally {
          await app[Symbol.asyncDispose]()
        }
      })
    }

    it('reads every row of its tenant, in a scope and over a handle', async () => {
      const app = openKnex(world, { client: { knex }, config: { log: SILENT } })
      const query = (db: Knex) =>
        db('projects').joinRaw('cross join generate_series(1, 500) as g(n)').select('tenant_id')
      const read = async (stream: AsyncIterable<{ tenant_id: string }>) => {
        const seen: Record<string, number> = {}
        for await (const { tenant_id } of stream) seen[tenant_id] = (seen[tenant_id] ?? 0) + 1
        return seen
      }
      try {
        const { db, tenancy } = app
        const inScope = await tenancy.run(A, () => read(query(db).stream({ highWaterMark: 10 })))
        expect(inScope).to.deep.equal({ [A]: 1000 })
        expect(await read(query(forTenant(db, B)).stream())).to.deep.equal({ [B]: 1000 })
        const inTransaction = await tenancy.run(B, () =>
          db.transaction((trx) => read(query(trx).stream())),
        )
        expect(inTransaction).to.deep.equal({ [B]: 1000 })
        expect(db.client.pool.numUsed()).to.equal(0)
      } finally {
        await app[Symbol.asyncDispose]()
      }
    })

    it('ends, with its error, where Knex would leave its reader waiting; no client is lost', async () => {
      const app = openKnex(world, { client: { knex }, config: { log: SILENT } })
      const { db, tenancy } = app
      const read = async (query: { stream(options?: object): AsyncIterable<unknown> }) => {
        for await (const _ of query.stream()) break
      }
      const inTransaction = async (body: (trx: Knex.Transaction) => Promise<unknown>) => {
        const trx = await db.transaction()
        try {
          return await body(trx)
        } finally {
          await trx.rollback()
        }
      }
      const tries: (() => Promise<unknown>)[] = [
        () => read(db.raw('')),
        async () => {
          for await (const _ of db('projects').stream({ highWaterMark: -1 })) break
        },
        () =>
          inTransaction((trx) =>
            tenancy.detached(() => tenancy.run(B, () => read(trx('projects')))),
          ),
        async () => {
          const trx = await db.transaction()
          await trx.commit()
          await read(trx('projects'))
        },
        async () =>
          rowsOf(db).stream(() => {
            throw new Error('of the handler')
          }),
        async () =>
          db.raw('select from generate_series(1, ?::int)', [1000]).stream(() => {
            throw new Error('of the handler')
          }),
      ]
      const failed: unknown[] = []
      try {
        for (const attempt of tries) {
          const { code, message } = await failure(tenancy.run(A, attempt))
          failed.push(code ?? message)
          await tenancy.run(A, async () => db('projects').select())
        }
        expect(failed).to.deep.equal([
          'The query is empty',
          'ERR_INVALID_ARG_VALUE',
          'TENANT.MISMATCH',
          'Transaction query already complete, run with DEBUG=knex:tx for more info',
          'of the handler',
          'of the handler',
        ])
      } finally {
        await app[Symbol.asyncDispose]()
      }
    })
  })
}
