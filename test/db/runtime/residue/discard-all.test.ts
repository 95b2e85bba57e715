import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { sql } from 'kysely'
import { backendOf } from '../../../support/fault-bench.ts'
import { describeResidue, LEAVINGS, type Leaving, look } from '../../../support/residue-bench.ts'
import { nextUser } from '../../../support/tenants.ts'

/** What no proof asks for. */
const LEFT = sql<{
  mine: string | null
  locks: number
  sequence: string | null
  temporary: number
}>`
  select nullif(current_setting('app.mine', true), '') as mine,
    (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
    (select count(*)::int from pg_depend where refclassid = 2615 and refobjid = pg_my_temp_schema()) as temporary`

describeResidue("reset: 'discard-all'", (bench) => {
  beforeEach(() => bench.reopen({ dialect: { reset: 'discard-all' } }))

  const idle = async () => {
    while (bench.app.pool.idleCount === 0) await turn()
  }

  it('leaves nothing for another user of the pool either', async () => {
    const pid = await bench.inB(backendOf)
    for (let i = 0; i < 3; i++) {
      await bench.inA((db) => sql`select public.leave('temporary table')`.execute(db))
      await bench.inA((db) =>
        sql`do ${sql.raw(`'begin perform pg_advisory_lock(9); end'`)}`.execute(db),
      )
      await idle()
      const { rows } = await bench.app.pool.query(LEFT.compile(bench.app.db).sql)
      expect(rows).to.deep.equal([{ mine: null, locks: 0, temporary: 0 }])
    }
    expect(await bench.inB(backendOf)).to.equal(pid)
    expect(await nextUser(bench.app.pool)).to.deep.equal({
      tenant: null,
      rows: 0,
      inTransaction: false,
    })
  })

  it('is not waited for by the caller, and costs no connection', async () => {
    const pid = await bench.inB(backendOf)
    for (const kind of Object.keys(LEAVINGS) as Leaving[]) {
      await bench.leave(kind)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
    }
    expect(await bench.inB(backendOf)).to.equal(pid)
    expect(bench.events).to.deep.equal([])
  })

  it('keeps what a connect hook has set', async () => {
    bench.app.pool.on('connect', (client) => {
      void client.query(`set statement_timeout = '90s'; set role ${bench.world.name}_reporting`)
    })
    const expected = {
      ...bench.clean,
      user: `${bench.world.name}_reporting/${bench.world.name}_app`,
      settings: 'on "$user", public 90s',
      titles: ['a one', 'a two', 'b one', 'b three'],
    }
    for (let i = 0; i < 4; i++) expect(await bench.inB(look)).to.deep.equal(expected)
    expect(bench.app.pool.totalCount).to.equal(1)
    expect(bench.events).to.deep.equal([])
  })
})
