import { expect } from 'chai'
import type { DestroyedEvent } from '../../../../src/index.ts'
import { eventsOf } from '../../../support/events.ts'
import { failure } from '../../../support/failure.ts'
import { backendOf } from '../../../support/fault-bench.ts'
import { describeResidue, look } from '../../../support/residue-bench.ts'

describeResidue(
  'a connection that is lost before a statement is sent again',
  (bench) => {
    const destroyed = eventsOf<DestroyedEvent>('kysely-tenants:destroyed')

    for (const [what, code, leave] of [
      ['residue', '42704', () => bench.leave('role')],
      ['a lost name', '26000', () => bench.app.pool.query('deallocate all')],
    ] as const) {
      it(`behind ${what} is told as that, and the next statement has another`, async () => {
        await bench.reopen({ dialect: { prepare: false } })
        await bench.inB(look)
        const pid = await bench.inB(backendOf)
        await leave()
        // A cursor sends its Sync when it has read the error: there is no ReadyForQuery with it.
        bench.app.pool.once('acquire', (client) => {
          const { connection } = client as unknown as {
            connection: NodeJS.EventEmitter & { stream: { destroy(): void } }
          }
          connection.once('errorMessage', () => connection.stream.destroy())
        })
        const error = await failure(
          bench.inB(async (db) => {
            for await (const _ of db.selectFrom('projects').select('id').stream(1)) break
          }),
        )
        expect(error.message).to.match(
          /^Connection terminated before the statement was sent again$/,
        )
        expect((error.cause as { code: string }).code).to.equal(code)
        expect(destroyed.map(({ reason }) => reason)).to.deep.equal(['no answer'])
        expect(await bench.inB(look)).to.deep.equal(bench.clean)
        expect(await bench.inB(backendOf)).not.to.equal(pid)
      })
    }
  },
  ['local'],
)
