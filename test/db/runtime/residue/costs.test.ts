import { expect } from 'chai'
import { sql } from 'kysely'
import { backendOf } from '../../../support/fault-bench.ts'
import { describeResidue, look } from '../../../support/residue-bench.ts'
import { startWireProxy, type WireProxy } from '../../../support/wire-proxy.ts'

const one = sql`select 1`

/** Round trips of a statement, and of a transaction of one: clean, spoiled, spoiled again. */
const TRIPS = {
  local: {
    statement: { clean: 1, temporary: [2, 1], role: [2, 2], cursor: [1, 1] },
    transaction: { clean: 3, temporary: [6, 3], role: [6, 6], cursor: [3, 3] },
  },
  'set-local': {
    statement: { clean: 1, temporary: [2, 1], role: [2, 2], cursor: [1, 1] },
    transaction: { clean: 3, temporary: [6, 3], role: [6, 6], cursor: [3, 3] },
  },
} as const

describeResidue(
  'what the proof costs',
  (bench) => {
    let proxy: WireProxy

    beforeEach(async () => {
      proxy = await startWireProxy(bench.world.appUrl)
      await bench.reopen({ pool: { connectionString: proxy.url } })
      await bench.inB(backendOf)
    })
    afterEach(() => proxy.stop())

    const trips = async (body: () => Promise<unknown>) => {
      proxy.take()
      await body()
      const { client, server } = proxy.take()
      expect(client).to.equal(server)
      return client
    }
    const expected = () => TRIPS[bench.strategy as keyof typeof TRIPS]
    const statement = () => bench.inB((db) => one.execute(db))
    const transaction = () => bench.inB((db) => db.transaction().execute((trx) => one.execute(trx)))

    it('is no round trip in a clean session', async () => {
      const { clean } = expected().statement
      for (let i = 0; i < 3; i++) expect(await trips(statement)).to.equal(clean)
      expect(await trips(transaction)).to.equal(expected().transaction.clean)
    })

    for (const [kind, leaving] of [
      ['temporary', 'temporary table'],
      ['role', 'role'],
      ['cursor', 'cursor with hold'],
    ] as const) {
      it(`is one round trip for a statement behind a ${leaving}, and that of a temporary table once`, async () => {
        const seen: number[] = []
        for (let i = 0; i < 2; i++) {
          await bench.leave(leaving)
          seen.push(await trips(statement))
          expect(await trips(statement)).to.equal(1)
        }
        expect(seen).to.deep.equal(expected().statement[kind])
        expect(await bench.inB(look)).to.deep.equal(bench.clean)
      })

      it(`is three round trips for a transaction behind a ${leaving}`, async () => {
        const seen: number[] = []
        for (let i = 0; i < 2; i++) {
          await bench.leave(leaving)
          seen.push(await trips(transaction))
          expect(await trips(transaction)).to.equal(3)
        }
        expect(seen).to.deep.equal(expected().transaction[kind])
      })
    }
  },
  ['local', 'set-local'],
)

describeResidue('what was found', (bench) => {
  it('is published once, with the scope and the strategy of the statement that met it', async () => {
    const { strategy } = bench
    await bench.inB(backendOf)
    for (const [leaving, found] of [
      ['role', [`current_user ${bench.world.name}_reporting`]],
      ['search_path', ['search_path attic, public']],
      ['temporary table', ['temporary objects']],
      ['row_security', ['row_security off']],
    ] as const) {
      await bench.leave(leaving)
      await bench.inB(look)
      await bench.inB(look)
      const events = bench.events.splice(0)
      expect(
        events.map(({ scope: { kind, tenant }, ...event }) => ({ ...event, kind, tenant })),
      ).to.deep.equal([{ kind: 'tenant', tenant: 'tenant-b', strategy, found }])
    }
  })
})
