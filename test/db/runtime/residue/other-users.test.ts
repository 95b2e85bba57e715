import { expect } from 'chai'
import { sql } from 'kysely'
import type { DestroyedEvent } from '../../../../src/index.ts'
import { eventsOf } from '../../../support/events.ts'
import { failure } from '../../../support/failure.ts'
import { backendOf } from '../../../support/fault-bench.ts'
import {
  casesFor,
  describeResidue,
  LEAVINGS,
  type Leaving,
  look,
  ONE_OF_EACH,
} from '../../../support/residue-bench.ts'

const KINDS = Object.keys(LEAVINGS) as Leaving[]

describeResidue('another user of the pool', (bench) => {
  const destroyed = eventsOf<DestroyedEvent>('kysely-tenants:destroyed')
  const leave = async (kind: Leaving) => {
    await bench.app.pool.query('select leave($1)', [kind])
  }

  for (const kind of casesFor(bench.strategy, { all: KINDS, few: ONE_OF_EACH })) {
    it(`leaves nothing for a tenant: ${kind}`, async () => {
      const pid = await bench.inB(backendOf)
      await leave(kind)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
      expect(await bench.inB((db) => db.transaction().execute(look))).to.deep.equal(bench.clean)
      expect(await bench.inB(backendOf)).to.equal(pid)
    })

    it(`that had a client first leaves nothing for a tenant: ${kind}`, async () => {
      await leave(kind)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
      expect(destroyed.map(({ reason, count }) => ({ reason, count }))).to.deep.equal([
        { reason: 'not cleaned', count: 1 },
      ])
    })
  }

  it('that only reads costs no connection, before the first statement and behind it', async () => {
    const { pool } = bench.app
    const { rows } = await pool.query('select pg_backend_pid() as pid')
    for (let i = 0; i < 20; i++) {
      expect(await bench.inB(backendOf)).to.equal(rows[0].pid)
      await pool.query('select 1')
    }
    expect(destroyed).to.deep.equal([])
  })

  it('that had a client of a connect hook first costs one connection', async () => {
    const { pool } = bench.app
    pool.on('connect', (client) => void client.query(`set statement_timeout = '90s'`))
    await pool.query('select 1')
    for (let i = 0; i < 20; i++) {
      const { rows } = await bench.inB((db) => sql`show statement_timeout`.execute(db))
      expect(rows).to.deep.equal([{ statement_timeout: '90s' }])
      await pool.query('select 1')
    }
    expect(destroyed.map(({ reason }) => reason)).to.deep.equal(['not cleaned'])
  })

  it('whose hook leaves every client in a transaction is told so, after two connections', async () => {
    bench.app.pool.on('connect', (client) => void client.query('begin'))
    const { code } = await failure(bench.inB(backendOf))
    expect(code).to.equal('CONNECTION.IN_TRANSACTION')
    expect(destroyed.map(({ reason }) => reason)).to.deep.equal([
      'in a transaction',
      'in a transaction',
    ])
  })

  it('whose hook never ends is told so, in the time that the pool waits', async () => {
    await bench.reopen({ pool: { connectionTimeoutMillis: 400 } })
    bench.app.pool.on('acquire', (client) => {
      client.query('select pg_sleep(60)').catch(() => undefined)
    })
    const start = performance.now()
    const { code } = await failure(bench.inB(backendOf))
    expect(code).to.equal('CONNECTION.BUSY')
    expect(performance.now() - start).to.be.below(3000)
    expect(destroyed.map(({ reason }) => reason)).to.deep.equal(['busy', 'busy'])
  })

  it('whose hook is late is waited for', async () => {
    bench.app.pool.on('acquire', async (client) => {
      await client.query('select pg_sleep(0.05)')
      await client.query(`set statement_timeout = '80s'`)
    })
    const pid = await bench.inB(backendOf)
    const { rows } = await bench.inB((db) => sql`show statement_timeout`.execute(db))
    expect(rows).to.deep.equal([{ statement_timeout: '80s' }])
    expect(await bench.inB(backendOf)).to.equal(pid)
  })
})
