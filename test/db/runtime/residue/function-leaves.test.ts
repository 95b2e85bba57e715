import { expect } from 'chai'
import { sql } from 'kysely'
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

// Every kind with every strategy on the same connection; elsewhere as `casesFor` has it.
describeResidue('what a function leaves is gone for the next tenant', (bench) => {
  for (const kind of KINDS) {
    it(`${kind}, on the same connection`, async () => {
      const pid = await bench.inB(backendOf)
      await bench.leave(kind)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
      expect(await bench.inB(backendOf)).to.equal(pid)
    })
  }

  for (const kind of casesFor(bench.strategy, { all: KINDS, few: ONE_OF_EACH })) {
    it(`${kind}, left as the first statement of a connection`, async () => {
      await bench.leave(kind)
      await bench.leave(kind)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
    })

    it(`${kind}, in a transaction`, async () => {
      await bench.inB(backendOf)
      await bench.leave(kind)
      const seen = await bench.inB((db) => db.transaction().execute(look))
      expect(seen).to.deep.equal(bench.clean)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
    })

    it(`${kind}, in a serializable transaction`, async () => {
      await bench.inB(backendOf)
      await bench.leave(kind)
      const seen = await bench.inB((db) =>
        db
          .transaction()
          .setIsolationLevel('serializable')
          .execute(async (trx) => {
            const seen = await look(trx)
            const { rows } = await sql`show transaction_isolation`.execute(trx)
            return { ...seen, rows }
          }),
      )
      const rows = [{ transaction_isolation: 'serializable' }]
      expect(seen).to.deep.equal({ ...bench.clean, rows })
    })
  }
})
