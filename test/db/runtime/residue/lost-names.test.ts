import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { failure } from '../../../support/failure.ts'
import { backendOf } from '../../../support/fault-bench.ts'
import { withClient } from '../../../support/postgres.ts'
import { describeResidue, look } from '../../../support/residue-bench.ts'
import type { Tables } from '../../../support/tenants.ts'

// `sequential` prepares nothing; the prelude of `local` alone has a name.
const STRATEGIES = ['local', 'set-local', 'session'] as const

const FIRSTS: Readonly<Record<string, (db: Kysely<Tables>) => Promise<unknown>>> = {
  'a statement': look,
  'a transaction': (db) => db.transaction().execute(look),
  'a serializable transaction': (db) =>
    db.transaction().setIsolationLevel('serializable').execute(look),
  'a stream': async (db) => {
    const titles: string[] = []
    for await (const { title } of db.selectFrom('projects').select('title').stream(1)) {
      titles.push(title)
    }
    return { ...(await look(db)), titles }
  },
}

describeResidue(
  'names that the server has lost',
  (bench) => {
    before(() =>
      withClient(bench.world.url, (admin) =>
        admin.query(`
          create or replace function deallocate_all() returns int language plpgsql as
            $$ begin execute 'deallocate all'; return 1; end $$`),
      ),
    )

    for (const prepare of bench.strategy === 'local' ? [undefined, { max: 8 }] : [{ max: 8 }]) {
      const names = prepare ? 'named statements' : 'a named prelude'
      const open = async () => {
        await bench.reopen({ dialect: prepare ? { prepare } : {} })
        const pid = await bench.inB(backendOf)
        await bench.inB(look)
        return pid
      }

      for (const [what, first] of Object.entries(FIRSTS)) {
        for (const text of ['deallocate all', 'discard all', 'select deallocate_all()']) {
          it(`${text} beside us, then ${what}, with ${names}`, async () => {
            const pid = await open()
            for (let i = 0; i < 6; i++) {
              await bench.app.pool.query(text)
              expect(await bench.inB(first)).to.deep.equal(bench.clean)
              expect(await bench.inB(first)).to.deep.equal(bench.clean)
            }
            expect(await bench.inB(backendOf)).to.equal(pid)
          })
        }

        it(`DEALLOCATE ALL in a function of ours, then ${what}, with ${names}`, async () => {
          const pid = await open()
          for (let i = 0; i < 3; i++) {
            await bench.inA((db) => sql`select deallocate_all()`.execute(db))
            expect(await bench.inB(first)).to.deep.equal(bench.clean)
          }
          expect(await bench.inB(backendOf)).to.equal(pid)
        })
      }

      it(`DISCARD ALL whenever a client is given back, with ${names}`, async () => {
        await bench.reopen({ dialect: prepare ? { prepare } : {} })
        const sent: Promise<unknown>[] = []
        bench.app.pool.on('release', (_, client) => sent.push(client.query('discard all')))
        const pid = await bench.inB(backendOf)
        for (let i = 0; i < 20; i++) {
          expect(await bench.inB(look)).to.deep.equal(bench.clean)
          expect(await bench.inB(backendOf)).to.equal(pid)
        }
        await Promise.all(sent)
      })

      it(`in the middle of a transaction, which fails closed, with ${names}`, async () => {
        await open()
        await bench.inB((db) => db.transaction().execute(look))
        const run = bench.inB((db) =>
          db.transaction().execute(async (trx) => {
            await sql`select deallocate_all()`.execute(trx)
            await look(trx)
          }),
        )
        expect(await failure(run)).to.include({ code: '26000' })
        expect(await bench.inB(look)).to.deep.equal(bench.clean)
      })
    }
  },
  STRATEGIES,
)
