import { expect } from 'chai'
import { sql } from 'kysely'
import { CLEAN, codeOf, describeRows, ROWS, rowsOf, seen } from '../../support/rows-bench.ts'
import { A, B, nextUser } from '../../support/tenants.ts'

describeRows('SQL of the user never widens what it sees', (bench) => {
  it('commit and rollback as raw SQL do not widen', async () => {
    for (const end of ['commit', 'rollback', 'end', 'abort']) {
      await bench.app.tenancy.run(A, () =>
        bench.app.db.connection().execute(async (db) => {
          await sql`begin`.execute(db)
          expect(await seen(db).execute()).to.deep.equal(rowsOf(A))
          await sql.raw(end).execute(db)
          expect(await seen(db).execute()).to.deep.equal(rowsOf(A))
        }),
      )
      expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
    }
  })

  it('a caught constraint error, rolled back to a savepoint, keeps the tenant', async () => {
    await bench.app.tenancy.run(A, async () => {
      const trx = await bench.app.db.startTransaction().execute()
      const saved = await trx.savepoint('before_insert').execute()
      const twice = saved.insertInto('projects').values({ id: 1, title: 't', tenant_id: A })
      expect(await codeOf(twice.execute())).to.equal('23505')
      // Closed until it is rolled back, not open to all.
      expect(await codeOf(seen(saved).execute())).to.equal('25P02')
      await saved.rollbackToSavepoint('before_insert').execute()
      expect(await seen(trx).execute()).to.deep.equal(rowsOf(A))
      await trx.commit().execute()
    })
    expect(await bench.stored()).to.deep.equal(ROWS)
  })

  const WIDENING = [
    'reset app.tenant_id',
    'reset all',
    'discard all',
    `set app.tenant_id = '${B}'`,
    `set session app.tenant_id = '${B}'`,
    `set local app.tenant_id = '${B}'`,
    'reset role',
    'set role none',
    'reset session authorization',
    'set session authorization default',
    `select set_config('app.tenant_id', '${B}', false)`,
    'set row_security = off',
    `select set_config('app.tenant_id', '${B}', true)`,
    `set app.tenant_id = ''`,
    'deallocate all',
    'discard plans',
    'rollback',
    'commit',
  ]
  for (const statement of WIDENING) {
    it(`user SQL does not widen: ${statement}`, async () => {
      for (const builder of [bench.app.db.connection(), bench.app.db.transaction()]) {
        const after = bench.app.tenancy.run(A, () =>
          builder.execute(async (db) => {
            await sql
              .raw(statement)
              .execute(db)
              .catch(() => undefined)
            return seen(db).execute()
          }),
        )
        // Its own rows, or an error: the transaction is gone, or PostgreSQL refuses the statement.
        const rows = await after.catch((error: Error) => error)
        if (!(rows instanceof Error)) expect(rows).to.deep.equal(rowsOf(A))
        expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
        expect(await bench.seenBy(B)).to.deep.equal(rowsOf(B))
      }
    })
  }
})
