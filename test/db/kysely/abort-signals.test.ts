import { expect } from 'chai'
import { sql } from 'kysely'
import { type DriverBench, describeStrategies, titles } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { A, B } from '../../support/tenants.ts'

// Kysely 0.28 has no such options.
type Options = never
const hasSignals = !loadedVersion('kysely').startsWith('0.28.')

if (hasSignals) describeStrategies('abort signals', declareTests)

function declareTests(bench: DriverBench) {
  const { inA } = bench

  const strategies = ['ignore query', 'cancel query', 'kill session'] as const

  for (const inflightQueryAbortStrategy of strategies) {
    it(`that are not aborted change no result: ${inflightQueryAbortStrategy}`, async () => {
      const { signal } = new AbortController()
      const options = { signal, inflightQueryAbortStrategy } as Options
      const { pid } = await inA(async () => {
        expect(await titles(bench.db).execute(options)).to.have.length(2)
        expect(await titles(bench.db).executeTakeFirst(options)).to.deep.equal({ title: 'a one' })
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
          bench.db,
        )
        return rows[0] as { pid: number }
      })
      const { rows } = await bench.app.tenancy.run(B, () =>
        sql`select pg_backend_pid() as pid`.execute(bench.db),
      )
      expect(rows).to.deep.equal([{ pid }])
    })
  }

  it('that are aborted already send nothing and take no connection', async () => {
    const options = { signal: AbortSignal.abort(new Error('too late')) } as Options
    const read = () => titles(bench.db).execute(options)
    expect((await failure(inA(read))).message).to.equal('too late')
    expect(bench.app.pool.totalCount).to.equal(0)
  })

  it('abort one statement of a transaction, which is then rolled back', async () => {
    const abort = new AbortController()
    const run = inA(() =>
      bench.db.transaction().execute(async (trx) => {
        await trx.insertInto('projects').values({ id: 60, title: 't', tenant_id: A }).execute()
        const sleep = trx.selectNoFrom(sql`pg_sleep(0.05)`.as('s'))
        const slept = sleep.execute({ signal: abort.signal } as Options)
        setImmediate(() => abort.abort(new Error('no longer wanted')))
        await slept
      }),
    )
    expect((await failure(run)).message).to.equal('no longer wanted')
    expect(await inA(() => titles(bench.db).execute())).to.have.length(2)
  })
}
