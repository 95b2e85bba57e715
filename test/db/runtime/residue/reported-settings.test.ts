import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { backendOf } from '../../../support/fault-bench.ts'
import { withClient } from '../../../support/postgres.ts'
import { describeResidue } from '../../../support/residue-bench.ts'
import type { Tables } from '../../../support/tenants.ts'

/** Settings whose change the server reports, and which spoil data or refuse statements. */
const REPORTED = {
  TimeZone: 'Asia/Tokyo',
  DateStyle: 'German, DMY',
  IntervalStyle: 'iso_8601',
  client_encoding: 'LATIN1',
  default_transaction_read_only: 'on',
  standard_conforming_strings: 'off',
}
/** Settings that only strategies notice which ask for all that a clean-up puts back. */
const UNREPORTED = { lock_timeout: '9s', default_transaction_isolation: 'serializable' }

const NAMES = [...Object.keys(REPORTED), ...Object.keys(UNREPORTED)]
const STATE = sql<Record<string, string>>`select ${sql.raw(
  NAMES.map((name) => `current_setting('${name}') as "${name}"`).join(', '),
)}`

async function state(db: Kysely<Tables>): Promise<Record<string, string> | undefined> {
  return (await STATE.execute(db)).rows[0]
}

/** Statements that may come first in a lease. */
const FIRSTS = {
  statement: state,
  transaction: (db: Kysely<Tables>) => db.transaction().execute(state),
  'serializable transaction, rolled back': async (db: Kysely<Tables>) => {
    const trx = await db.startTransaction().setIsolationLevel('serializable').execute()
    const seen = await state(trx)
    await trx.rollback().execute()
    return seen
  },
  'savepoint, rolled back to': async (db: Kysely<Tables>) => {
    const trx = await db.startTransaction().execute()
    const saved = await trx.savepoint('here').execute()
    const seen = await state(saved)
    await saved.rollbackToSavepoint('here').execute()
    expect(await state(trx)).to.deep.equal(seen)
    await trx.commit().execute()
    return seen
  },
  stream: async (db: Kysely<Tables>) => {
    const query = db.selectNoFrom(NAMES.map((name) => sql`current_setting(${name})`.as(name)))
    for await (const row of query.stream(1)) return row as Record<string, string>
    return undefined
  },
}

describeResidue('settings that the server reports', (bench) => {
  before(() =>
    withClient(bench.world.url, (admin) =>
      admin.query(`create or replace function change(name text, value text) returns text
        language plpgsql as $$ begin return set_config(name, value, false); end $$`),
    ),
  )

  it('are gone for the next tenant, whatever its first statement', async () => {
    const { strategy } = bench
    const clean = await bench.inB(state)
    const pid = await bench.inB(backendOf)
    const asksAll = strategy === 'session' || strategy === 'sequential'
    for (const [name, value] of Object.entries(
      asksAll ? { ...REPORTED, ...UNREPORTED } : REPORTED,
    )) {
      for (const [what, first] of Object.entries(FIRSTS)) {
        await bench.inA((db) => sql`select change(${name}, ${value})`.execute(db))
        expect(await bench.inB(first), `${name}, ${what}`).to.deep.equal(clean)
        expect(await bench.inB(state), `${name}, behind ${what}`).to.deep.equal(clean)
      }
      expect(bench.events[0]?.found).to.deep.equal([`${name} ${value}`])
      bench.events.splice(0)
    }
    expect(await bench.inB(backendOf)).to.equal(pid)
  })

  it('are those of the scope and of the transaction while these last', async () => {
    const zoned = { tenant: 'tenant-b', settings: { TimeZone: 'Asia/Tokyo' } }
    const { db, tenancy } = bench.app
    for (let i = 0; i < 3; i++) {
      const seen = await tenancy.run(zoned, () =>
        db.transaction().execute(async (trx) => [await state(trx), await state(trx)]),
      )
      expect(seen.map((row) => row?.TimeZone)).to.deep.equal(['Asia/Tokyo', 'Asia/Tokyo'])
      const local = await bench.inB((own) =>
        own.transaction().execute(async (trx) => {
          await sql`set local time zone 'Asia/Tokyo'`.execute(trx)
          return state(trx)
        }),
      )
      expect(local?.TimeZone).to.equal('Asia/Tokyo')
    }
    expect(bench.events).to.deep.equal([])
  })

  it('stay where a hook has set them, also behind DISCARD ALL of another hook', async () => {
    await bench.reopen({})
    const { pool } = bench.app
    pool.on('connect', (client) => void client.query(`set time zone 'Asia/Tokyo'`))
    const sent: Promise<unknown>[] = []
    pool.on('release', (_, client) => sent.push(client.query('discard all')))
    const pid = await bench.inB(backendOf)
    for (let i = 0; i < 5; i++) {
      expect((await bench.inB(state))?.TimeZone).to.equal('Asia/Tokyo')
      expect((await bench.inB((db) => db.transaction().execute(state)))?.TimeZone).to.equal(
        'Asia/Tokyo',
      )
    }
    expect(await bench.inB(backendOf)).to.equal(pid)
    await Promise.all(sent)
  })
})
