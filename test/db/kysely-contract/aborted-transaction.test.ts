import { expect } from 'chai'
import { sql } from 'kysely'
import { isTenancyError } from '../../../src/index.ts'
import { describeStrategies } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { strategyOptions } from '../../support/strategies.ts'
import { A, openDb } from '../../support/tenants.ts'

// Part of Kysely from 0.29.8 on.
const kysely = await import('kysely')
const hasAbortedError = 'isAbortedTransactionError' in kysely

describeStrategies('a transaction that the server rolls back at its commit', (bench) => {
  const open = () => openDb(bench.world, { dialect: strategyOptions(bench.strategy) })

  it('fails with an error that is ours and that of Kysely', async () => {
    await using app = open()
    const error = await failure(
      app.tenancy
        .forTenant(app.db, A)
        .transaction()
        .execute(async (trx) => {
          await failure(sql`select 1 / 0`.execute(trx))
        }),
    )
    expect(isTenancyError(error) && error.code).to.equal('TRANSACTION.ROLLED_BACK')
    if (hasAbortedError) expect(kysely.isAbortedTransactionError(error)).to.equal(true)
  })

  it('gives the connection of a controlled transaction back', async () => {
    await using app = open()
    const db = app.tenancy.forTenant(app.db, A)
    const trx = await db.startTransaction().execute()
    await failure(sql`select 1 / 0`.execute(trx))
    const error = await failure(trx.commit().execute())
    expect(error.code).to.equal('TRANSACTION.ROLLED_BACK')
    // Before, the connection is given back by the rollback.
    if (hasAbortedError) expect(trx.isRolledBack).to.equal(true)
    await trx.rollback().execute()
    expect(trx.isRolledBack).to.equal(true)
    // The pool has one client.
    expect((await db.selectFrom('projects').select('id').orderBy('id').execute()).length).to.equal(
      2,
    )
  })
})
