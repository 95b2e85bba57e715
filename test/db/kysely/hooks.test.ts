import { expect } from 'chai'
import { type DatabaseConnection, type LogEvent, sql } from 'kysely'
import { CLEAN, describeStrategies, titles } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { A, B, nextUser } from '../../support/tenants.ts'

describeStrategies('log and hooks', (bench) => {
  const { open } = bench

  describe('log', () => {
    it('tells each statement once, with its handle, its transaction and its stream, and each error', async () => {
      const lines: string[] = []
      const log = ({ level, query }: LogEvent) => void lines.push(`${level} ${query.sql}`)
      const logged = open({ kysely: { log } })
      try {
        const { tenancy } = logged
        const select = 'select "title" from "projects" order by "id"'
        // The dialect inside sends the transactions, and has no log.
        const isTold = (line: string) =>
          bench.strategy !== 'sequential' || !['query begin', 'query commit'].includes(line)
        for (let i = 0; i < 3; i++) {
          const handle = tenancy.forTenant(logged.db, A)
          await titles(handle).execute()
          await handle.transaction().execute((trx) => titles(trx).execute())
          for await (const _ of titles(handle).stream(1));
          await failure(sql`select 1/0`.execute(handle))
          const told = lines.splice(0)
          expect(told).to.deep.equal(
            [
              `query ${select}`,
              'query begin',
              `query ${select}`,
              'query commit',
              `query ${select}`,
              'error select 1/0',
            ].filter(isTold),
          )
        }
        await tenancy.run(A, () => titles(logged.db).execute())
        expect(lines).to.deep.equal([`query ${select}`])
      } finally {
        await logged[Symbol.asyncDispose]()
      }
    })
  })

  describe('hooks', () => {
    it('run in the scope: once for each client, and once for each connection', async () => {
      const calls: string[] = []
      const note = (name: string) => async (connection: DatabaseConnection) => {
        const { rows } = await connection.executeQuery<{ tenant: string }>(
          sql<{ tenant: string }>`
            select nullif(current_setting('app.tenant_id', true), '') as tenant`.compile(bench.db),
        )
        calls.push(`${name} ${rows[0]?.tenant}`)
      }
      const hooked = open({
        dialect: { onCreateConnection: note('create'), onReserveConnection: note('reserve') },
      })
      try {
        const { tenancy } = hooked
        await tenancy.run(A, () => tenantsSeen(hooked.db))
        await tenancy.run(B, () => hooked.db.transaction().execute(tenantsSeen))
        await tenantsSeen(tenancy.forTenant(hooked.db, A))
        // They belong to the dialect inside, which knows no tenant: no row is seen.
        const [a, b] = bench.strategy === 'sequential' ? [null, null] : [A, B]
        expect(calls).to.deep.equal([`create ${a}`, `reserve ${a}`, `reserve ${b}`, `reserve ${a}`])
      } finally {
        await hooked[Symbol.asyncDispose]()
      }
    })

    for (const hook of ['onCreateConnection', 'onReserveConnection'] as const) {
      it(`lose no client when ${hook} throws, and are asked again`, async () => {
        let failures = 3
        const failing = open({
          dialect: {
            [hook]: async (connection: DatabaseConnection) => {
              await connection.executeQuery(sql`select 1`.compile(bench.db))
              if (failures-- > 0) throw new Error(hook)
            },
          },
        })
        try {
          const { tenancy, pool } = failing
          const run = [
            () => tenancy.run(A, () => tenantsSeen(failing.db)),
            () => tenancy.run(A, () => failing.db.transaction().execute(tenantsSeen)),
            () => tenantsSeen(tenancy.forTenant(failing.db, A)),
          ]
          for (const read of run) expect((await failure(read())).message).to.equal(hook)
          for (const read of run) expect(await read()).to.deep.equal([A])
          expect(await nextUser(pool)).to.deep.equal(CLEAN)
          const { totalCount, idleCount, waitingCount } = pool
          expect({ totalCount, idleCount, waitingCount }).to.deep.equal({
            totalCount: 1,
            idleCount: 1,
            waitingCount: 0,
          })
        } finally {
          await failing[Symbol.asyncDispose]()
        }
      })
    }

    it('may fail on the server: the statement gets that error, the next one a new client', async () => {
      let isFirst = true
      const failing = open({
        dialect: {
          onReserveConnection: async (connection: DatabaseConnection) => {
            const text = isFirst ? sql`begin` : sql`select 1`
            isFirst = false
            await connection.executeQuery(text.compile(bench.db))
          },
        },
      })
      try {
        const { tenancy } = failing
        // A hook that leaves a transaction open takes its client with it.
        await tenancy.run(A, () => tenantsSeen(failing.db)).catch(() => undefined)
        expect(await tenancy.run(B, () => tenantsSeen(failing.db))).to.deep.equal([B])
        expect(await nextUser(failing.pool)).to.deep.equal(CLEAN)
      } finally {
        await failing[Symbol.asyncDispose]()
      }
    })
  })
})
