import { expect } from 'chai'
import { insertFor, insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults, tenantsSeen } from '../../support/fault-bench.ts'
import { A, B } from '../../support/tenants.ts'

describeFaults('faults: binding the tenant', (bench) => {
  /** Runs statements on a client that is taken from the pool past the dialect. */
  const pastTheDialect = async (...statements: string[]) => {
    const client = await bench.app.pool.connect()
    for (const statement of statements) await client.query(statement).catch(() => undefined)
    client.release()
  }

  it('F01 a statement whose tenant cannot be bound is not run, and the client stays usable', async () => {
    expect(() => bench.app.tenancy.run('a\0b', () => undefined)).to.throw('a NUL character')

    // A binding that the server refuses, in front of an insert that it therefore skips.
    const [match, spelling] =
      bench.strategy === 'set-local'
        ? [/set local/, 'zet local']
        : [/app\.tenant_id/, 'app tenant_id']
    bench.on({
      dir: 'F',
      type: bench.strategy === 'set-local' ? 'P' : 'B',
      match,
      action: (bytes) => Buffer.from(bytes.toString('latin1').replace(match, spelling), 'latin1'),
    })
    const error = await failure(bench.inA((db) => insertForA(100).execute(db)))
    expect(error.code).to.equal(bench.strategy === 'set-local' ? '42601' : '42704')
    expect(await bench.stored()).to.deep.equal([])
    // The session that could not be bound is given up; elsewhere it is as it was.
    const isSame = (await bench.inA(backendOf)) === bench.pid
    expect(isSame).to.equal(bench.strategy !== 'session')
    await bench.expectClean()
  })

  it('F21 ids full of what means something in SQL see their own row and no other', async () => {
    const ids = [
      "o'brien",
      "'; drop table projects; --",
      '"\\',
      "\\' or true --",
      '$1',
      '{a}',
      'a\nb',
      '🦊',
      'null',
      'x'.repeat(1024),
    ]
    const { db, tenancy } = bench.app
    for (const tenant of ids) await tenancy.run(tenant, () => insertFor(tenant, 100).execute(db))
    for (const tenant of ids) {
      const rows = await tenancy.run(tenant, () => db.selectFrom('projects').selectAll().execute())
      expect(rows).to.deep.equal([{ tenant_id: tenant, id: 100, title: `for ${tenant}` }])
    }
    await bench.expectClean()
  })

  it('F29 a tenant that other code left on the session is never read, not even behind a savepoint', async () => {
    await pastTheDialect(`select set_config('app.tenant_id', '${B}', false)`)
    await bench.inA(async (db) => {
      const trx = await db.startTransaction().execute()
      const saved = await trx.savepoint('first').execute()
      expect(await tenantsSeen(saved)).to.deep.equal([A])
      await saved.rollbackToSavepoint('first').execute()
      expect(await tenantsSeen(trx)).to.deep.equal([A])
      await trx.commit().execute()
    })
    await bench.expectClean()
  })

  it('F50 what runs on a client that came inside an open transaction is stored, or rejected', async () => {
    await pastTheDialect('begin')
    const stored = await bench
      .inA((db) => insertForA(100).execute(db))
      .then(
        () => [100],
        () => [],
      )
    expect(await bench.stored()).to.deep.equal(stored)
    await bench.expectClean()
  })

  it('F51 a client that came inside an aborted transaction does not fail the next scope', async () => {
    await pastTheDialect('begin', 'select 1/0')
    await bench.inA((db) => insertForA(100).execute(db))
    expect(await bench.stored()).to.deep.equal([100])
    await bench.expectClean()
  })

  it('F51b a client that still owes an answer is not taken: ours are answered by their own', async () => {
    // Half of it is what such a client gets to answer.
    await bench.reopen({ pool: { connectionTimeoutMillis: 400 } })
    const client = await bench.app.pool.connect()
    const held = bench.on({ dir: 'B', type: 'Z', action: 'hold' })
    const failed = failure(client.query('select 1/0'))
    await held.fired
    await failed
    client.release()

    await bench.inA((db) => insertForA(100).execute(db))
    expect(await bench.stored()).to.deep.equal([100])
    held.release()
    await bench.expectClean()
  })
})
