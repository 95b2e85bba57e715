import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults, tenantsSeen } from '../../support/fault-bench.ts'
import type { StrategyName } from '../../support/strategies.ts'
import { A, B, type Tables } from '../../support/tenants.ts'

/** The tenants that the next statement sees when SQL of the user has switched the tenant. */
const SWITCHED: Readonly<Record<StrategyName, readonly string[] | 'refused'>> = {
  local: [A],
  'set-local': [A],
  sequential: [A],
  // No later statement asserts the tenant again.
  session: 'refused',
}

const divide = sql`select 1/0`
const switchToB = sql`select set_config('app.tenant_id', ${B}, true)`

describeFaults('faults: transactions', (bench) => {
  const onOneConnection = <T>(body: (db: Kysely<Tables>) => Promise<T>) =>
    bench.inA((db) => db.connection().execute(body))
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)

  it('F13 after a raw ROLLBACK the scope goes on as itself', async () => {
    await bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        await insertForA(100).execute(trx)
        await sql`rollback`.execute(trx)
        expect(await tenantsSeen(trx)).to.deep.equal([A])
      }),
    )
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  for (const id of ['F14', 'F48']) {
    // The tenant is bound for the first time before the savepoint, or behind it.
    const bindsFirst = id === 'F14'
    it(`${id} a savepoint ${bindsFirst ? 'behind' : 'in front of'} the first statement keeps the tenant at each step`, async () => {
      await bench.inA(async (db) => {
        const trx = await db.startTransaction().execute()
        if (bindsFirst) expect(await tenantsSeen(trx)).to.deep.equal([A])
        const one = await trx.savepoint('one').execute()
        await insertForA(100).execute(one)
        expect((await failure(divide.execute(one))).code).to.equal('22012')
        expect((await failure(tenantsSeen(one))).code).to.equal('25P02')
        await one.rollbackToSavepoint('one').execute()
        expect(await tenantsSeen(one)).to.deep.equal([A])
        await one.releaseSavepoint('one').execute()
        expect(await tenantsSeen(trx)).to.deep.equal([A])
        await insertForA(101).execute(trx)
        await trx.commit().execute()
      })
      expect(await bench.stored()).to.deep.equal([101])
      await expectSameClient()
      await bench.expectClean()
    })
  }

  for (const [id, statement] of [
    ['F14b', 'rollback to s'],
    ['F14c', 'release s'],
  ] as const) {
    it(`${id} a tenant that is switched behind a savepoint is not kept by ${statement.toUpperCase()}`, async () => {
      const seen = bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          expect(await tenantsSeen(trx)).to.deep.equal([A])
          await sql`savepoint s`.execute(trx)
          await switchToB.execute(trx)
          await sql.raw(statement).execute(trx)
          return tenantsSeen(trx)
        }),
      )
      expect(await seen.catch(() => 'refused')).to.deep.equal(SWITCHED[bench.strategy])
      await bench.expectClean()
    })
  }

  it('F15 a COMMIT that fails rejects the transaction, of which nothing is stored', async () => {
    const error = await failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          await insertForA(100).execute(trx)
          await sql`insert into slots (slot) values (1), (1)`.execute(trx)
        }),
      ),
    )
    expect(error.code).to.equal('23505')
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F15c a COMMIT that the server answers with ROLLBACK rejects the transaction', async () => {
    const swallowing = async (trx: Kysely<Tables>) => {
      await insertForA(100).execute(trx)
      expect((await failure(divide.execute(trx))).code).to.equal('22012')
    }
    const automatic = bench.inA((db) => db.transaction().execute(swallowing))
    expect((await failure(automatic)).code).to.equal('TRANSACTION.ROLLED_BACK')
    await bench.inA(async (db) => {
      const trx = await db.startTransaction().execute()
      await swallowing(trx)
      const commit = trx.commit().execute()
      expect((await failure(commit)).code).to.equal('TRANSACTION.ROLLED_BACK')
      await trx.rollback().execute()
    })
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  const open = async (db: Kysely<Tables>) => {
    await sql`begin`.execute(db)
    await insertForA(100).execute(db)
  }
  const aborted = async (db: Kysely<Tables>) => {
    await sql`begin`.execute(db)
    await failure(divide.execute(db))
  }
  const failing = (db: Kysely<Tables>) =>
    Promise.all([sql`begin`.execute(db), failure(divide.execute(db))])

  for (const [id, name, body] of [
    ['F18', 'left open', open],
    ['F18b', 'left aborted', aborted],
    ['F18e', 'left while its statement failed', failing],
  ] as const) {
    it(`${id} a transaction that raw SQL ${name} ends with its scope, and stores nothing`, async () => {
      await onOneConnection<unknown>(body)
      expect(await bench.stored()).to.deep.equal([])
      // `sequential`, which may be unable to end a connection, has rolled it back.
      if (bench.strategy !== 'sequential') await expectNewClient()
      await bench.expectClean()
    })
  }

  for (const [id, name, body] of [
    ['F18c', 'left open', open],
    ['F18d', 'left aborted', aborted],
  ] as const) {
    it(`${id} a ROLLBACK behind a transaction that raw SQL ${name} restores nothing`, async () => {
      await onOneConnection(body)
      const client = await bench.app.pool.connect()
      await client.query('rollback')
      client.release()
      await bench.expectClean()
    })
  }

  it('F38 after COMMIT AND CHAIN and ROLLBACK AND CHAIN the next statement is of the scope', async () => {
    await onOneConnection(async (db) => {
      await sql`begin`.execute(db)
      await insertForA(100).execute(db)
      await sql`commit and chain`.execute(db)
      expect(await tenantsSeen(db)).to.deep.equal([A])
      await insertForA(101).execute(db)
      await sql`rollback and chain`.execute(db)
      expect(await tenantsSeen(db)).to.deep.equal([A])
      await sql`commit`.execute(db)
    })
    expect(await bench.stored()).to.deep.equal([100])
    await expectSameClient()
    await bench.expectClean()
  })

  it('F61 a transaction that is prepared ends on its connection, and what becomes of it is told', async () => {
    const { rows } = await bench.admin.query('show max_prepared_transactions')
    const isAllowed = rows[0].max_prepared_transactions !== '0'
    const gid = sql.lit(`${bench.world.name} ${bench.strategy}`)
    const prepare = (id: number) =>
      onOneConnection(async (db) => {
        await sql`begin`.execute(db)
        await insertForA(id).execute(db)
        await sql`prepare transaction ${gid}`.execute(db)
        expect(await tenantsSeen(db)).to.deep.equal([A])
      })
    if (isAllowed) {
      await prepare(100)
      // A second one of the name; PostgreSQL rolls it back.
      expect((await failure(prepare(101))).code).to.equal('42710')
      await bench.expectClean()
      await bench.inA((db) => sql`rollback prepared ${gid}`.execute(db))
      expect((await bench.admin.query('select * from pg_prepared_xacts')).rows).to.deep.equal([])
      await prepare(102)
      await bench.inA((db) => sql`commit prepared ${gid}`.execute(db))
      expect(await bench.stored()).to.deep.equal([102])
    } else {
      expect((await failure(prepare(100))).code).to.equal('55000')
      expect(await bench.stored()).to.deep.equal([])
    }
    await bench.admin.query('delete from projects where id >= 100')
    await bench.expectClean()
  })

  it('F61b a transaction that failed before it was prepared is rolled back, which is an error', async () => {
    const prepare = onOneConnection(async (db) => {
      await sql`begin`.execute(db)
      await failure(divide.execute(db))
      await sql`prepare transaction 'never'`.execute(db)
    })
    expect((await failure(prepare)).code).to.equal('TRANSACTION.ROLLED_BACK')
    await bench.expectClean()
  })

  it('F62 a BEGIN inside a transaction, which PostgreSQL ignores, costs no connection', async () => {
    await bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        expect(await tenantsSeen(trx)).to.deep.equal([A])
        await sql`begin`.execute(trx)
        expect(await tenantsSeen(trx)).to.deep.equal([A])
      }),
    )
    await expectSameClient()
    await bench.expectClean()
  })
})
