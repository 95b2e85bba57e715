import { expect } from 'chai'
import { sql } from 'kysely'
import type { DestroyedEvent } from '../../../../src/index.ts'
import { eventsOf } from '../../../support/events.ts'
import { failure } from '../../../support/failure.ts'
import { backendOf } from '../../../support/fault-bench.ts'
import { withClient } from '../../../support/postgres.ts'
import { describeResidue, look } from '../../../support/residue-bench.ts'

describeResidue('a clean-up that the server refuses', (bench) => {
  const destroyed = eventsOf<DestroyedEvent>('kysely-tenants:destroyed')
  const admin = (text: string) => withClient(bench.world.url, (client) => client.query(text))

  for (const inTransaction of [false, true]) {
    const where = inTransaction ? 'in a transaction' : 'of a statement'

    it(`ends the client, once, and the next statement has another: ${where}`, async () => {
      const { name } = bench.world
      const [role, other] = [
        `${name}_reporting`,
        `${name}_hooked_${inTransaction}_${bench.strategy}`,
      ]
      await admin(`
        create role "${other}"; grant "${other}" to ${name}_app; grant ${role} to "${other}";
        grant select on projects to "${other}"`)
      let hooked = other
      await bench.reopen({})
      bench.app.pool.on('connect', (client) => void client.query(`set role "${hooked}"`))

      const pid = await bench.inB(backendOf)
      await bench.leave('role')
      // The role of the connection can no longer be set.
      await admin(`revoke "${other}" from ${name}_app`)
      hooked = role
      const read = () =>
        bench.inB((db) => (inTransaction ? db.transaction().execute(look) : look(db)))
      const error = await failure(read())
      expect(error).to.include({ code: 'CONNECTION.IN_DOUBT' })
      expect((error.cause as { code: string }).code).to.equal('42501')
      expect(destroyed.map(({ reason }) => reason)).to.deep.equal(['not cleaned'])
      expect((await read()).user).to.equal(`${role}/${name}_app`)
      expect(await bench.inB(backendOf)).not.to.equal(pid)
      expect(destroyed).to.have.length(1)
    })
  }
})

describeResidue('a clean-up that is undone', (bench) => {
  it('with a statement that fails is made again, by the lease itself and by the next', async () => {
    for (const kind of ['temporary table', 'role', 'search_path'] as const) {
      const pid = await bench.inB(backendOf)
      await bench.leave(kind)
      const seen = await bench.inB((db) =>
        db.connection().execute(async (own) => {
          expect(await failure(sql`select 1/0`.execute(own))).to.include({ code: '22012' })
          return look(own)
        }),
      )
      expect(seen).to.deep.equal(bench.clean)
      await bench.leave(kind)
      await failure(bench.inB((db) => sql`select 1/0`.execute(db)))
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
      expect(await bench.inB(backendOf)).to.equal(pid)
    }
  })

  it('with a transaction that is rolled back is made again', async () => {
    // The second time the session is known to have had a temporary table.
    for (const kind of ['temporary table', 'temporary table', 'role', 'search_path'] as const) {
      await bench.leave(kind)
      const seen = await bench.inB((db) =>
        db.connection().execute(async (own) => {
          const trx = await own.startTransaction().execute()
          const within = await look(trx)
          await trx.rollback().execute()
          return [within, await look(own)]
        }),
      )
      expect(seen).to.deep.equal([bench.clean, bench.clean])
    }
  })

  it('with a transaction that is rolled back and chained to another is made again in that one', async () => {
    for (const kind of ['temporary table', 'temporary table', 'role', 'search_path'] as const) {
      for (const chain of ['rollback and chain', 'abort /* x */ and chain', 'commit and chain']) {
        await bench.leave(kind)
        const seen = await bench.inB((db) =>
          db.connection().execute(async (own) => {
            await sql`begin isolation level repeatable read`.execute(own)
            const within = await look(own)
            await sql.raw(chain).execute(own)
            const chained = await look(own)
            const { rows } =
              await sql`select current_setting('transaction_isolation') as isolation`.execute(own)
            await sql`rollback`.execute(own)
            return [within, chained, await look(own), rows]
          }),
        )
        const isolation = [{ isolation: 'repeatable read' }]
        expect(seen, `${kind}, ${chain}`).to.deep.equal([
          bench.clean,
          bench.clean,
          bench.clean,
          isolation,
        ])
      }
    }
  })

  it('leaves what a transaction of the lease itself did after its rollback', async () => {
    await bench.inA((db) =>
      db.connection().execute(async (own) => {
        const trx = await own.startTransaction().execute()
        for (const kind of ['temporary table', 'role', 'search_path', 'cursor with hold']) {
          await sql`select public.leave(${kind})`.execute(trx)
        }
        await trx.rollback().execute()
      }),
    )
    expect(await bench.inB(look)).to.deep.equal(bench.clean)
    expect(bench.events.map(({ found }) => found)).to.deep.equal([])
  })
})
