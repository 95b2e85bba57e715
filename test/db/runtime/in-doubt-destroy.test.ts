import { expect } from 'chai'
import { sql } from 'kysely'
import type pg from 'pg'
import { isTenancyError } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { backendOf, terminate } from '../../support/fault-bench.ts'
import { withOneClient } from '../../support/one-client.ts'
import { withClient } from '../../support/postgres.ts'
import { A, openDb } from '../../support/tenants.ts'

describe('P3 in doubt, destroy', () => {
  const one = withOneClient({ pool: { query_timeout: 300 } })

  it('after a client-side timeout, in and out of a transaction', async () => {
    for (const scope of [one.app.db.connection(), one.app.db.transaction()]) {
      const error = await failure(
        one.app.tenancy.run(A, () => scope.execute((db) => sql`select pg_sleep(5)`.execute(db))),
      )
      expect(error.message).to.equal('Query read timeout')
      await one.expectClean()
    }
  })

  it('after the backend was terminated between two statements, without ending the process', async () => {
    const error = await failure(
      one.app.tenancy.run(A, () =>
        one.app.db.transaction().execute(async (trx) => {
          await terminateBackend(one.world.url, await backendOf(trx))
          await trx.selectFrom('projects').selectAll().execute()
        }),
      ),
    )
    expect(isTenancyError(error)).to.equal(false)
    await one.expectClean()
  })

  it('after the scope gave up while a statement was running', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const error = await failure(
      one.app.tenancy.run(A, () =>
        one.app.db.transaction().execute(async (trx) => {
          late = failure(sql`select pg_sleep(0.2)`.execute(trx))
          // The statement is on its way once the event loop has turned.
          await new Promise(setImmediate)
          throw new Error('gave up')
        }),
      ),
    )
    expect(error.message).to.equal('gave up')
    await late
    await one.expectClean()
  })

  it('when the pool hands out a client inside a transaction: nothing is done and lost', async () => {
    const client = await one.app.pool.connect()
    await client.query('begin')
    client.release()
    await one.app.tenancy.run(A, () =>
      one.app.db.insertInto('projects').values({ id: 71, title: 't', tenant_id: A }).execute(),
    )
    await one.expectClean()
    expect(await countOf(71)).to.equal(1)
  })

  it('when COMMIT is answered by ROLLBACK, which is an error', async () => {
    const error = await failure(
      one.app.tenancy.run(A, () =>
        one.app.db.transaction().execute(async (trx) => {
          await failure(sql`select 1/0`.execute(trx))
        }),
      ),
    )
    expect(error.code).to.equal('TRANSACTION.ROLLED_BACK')
    await one.expectClean()
  })

  it('when a hook throws: no client is lost', async () => {
    const failing = openDb(one.world, {
      dialect: {
        onReserveConnection: async () => {
          throw new Error('hook')
        },
      },
    })
    try {
      for (let i = 0; i < 3; i++) {
        const error = await failure(
          failing.tenancy.run(A, () => failing.db.selectFrom('projects').selectAll().execute()),
        )
        expect(error.message).to.equal('hook')
      }
      expect(failing.pool.waitingCount).to.equal(0)
    } finally {
      await failing[Symbol.asyncDispose]()
    }
  })

  const countOf = (id: number) =>
    withClient(one.world.url, async (client: pg.Client) => {
      const { rows } = await client.query('select count(*)::int as n from projects where id = $1', [
        id,
      ])
      return rows[0].n
    })
})

function terminateBackend(url: string, pid: number): Promise<void> {
  return withClient(url, (admin) => terminate(admin, pid))
}
