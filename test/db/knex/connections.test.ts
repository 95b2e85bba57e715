import { expect } from 'chai'
import type pg from 'pg'
import Cursor from 'pg-cursor'
import { failure } from '../../support/failure.ts'
import { type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

/** The connection of Knex, as code sees it that takes one by hand. */
interface Taken {
  query(...parameters: unknown[]): Promise<pg.QueryResult>
}

describe('a connection of Knex that is taken by hand', () => {
  let world: TenantWorld
  let app: KnexApp
  before(async () => {
    world = await createWorld()
    app = openKnex(world)
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  const inA = <T>(body: (connection: Taken) => Promise<T>): Promise<T> =>
    app.tenancy.run(A, async () => {
      const { client } = app.db
      const connection = await client.acquireConnection()
      try {
        return await body(connection)
      } finally {
        await client.releaseConnection(connection)
      }
    })

  it('reads the rows of its tenant, asked in any way in which pg is asked', async () => {
    const text = 'select title from projects where id < $1'
    const seen = await inA(async (connection) => [
      await connection.query('select title from projects'),
      await connection.query(text, [2]),
      await connection.query({ text, values: [2] }),
      await connection.query({ text, rowMode: 'array' }, [2]),
      await new Promise<pg.QueryResult>((resolve, reject) =>
        connection.query(text, [2], (error: unknown, result: pg.QueryResult) =>
          error ? reject(error) : resolve(result),
        ),
      ),
    ])
    expect(seen.map(({ rows }) => rows)).to.deep.equal([
      [{ title: 'a one' }, { title: 'a two' }],
      [{ title: 'a one' }],
      [{ title: 'a one' }],
      [['a one']],
      [{ title: 'a one' }],
    ])
  })

  it('serves builders and transactions of its scope, and no others', async () => {
    const { db, tenancy } = app
    const seen = await inA(async (connection) => {
      const query = () => db('projects').connection(connection).pluck('title')
      return [
        await query(),
        await db.transaction((trx) => trx('projects').pluck('title'), {
          connection,
        } as object),
        (await failure(tenancy.detached(() => tenancy.run(B, query)))).code,
      ]
    })
    expect(seen).to.deep.equal([['a one', 'a two'], ['a one', 'a two'], 'TENANT.MISMATCH'])
  })

  it('sends nothing that would go without the tenant: cursors, objects of another kind, none', async () => {
    const foreign = [new Cursor('select 1'), { text: 'copy x', submit: () => undefined }, {}, null]
    const codes = await inA(async (connection) =>
      Promise.all(
        foreign.map(async (query) => (await failure((async () => connection.query(query))())).code),
      ),
    )
    expect(codes).to.deep.equal(Array(4).fill('QUERY.UNSUPPORTED'))
  })

  it('is dead after its release', async () => {
    let kept: Taken | undefined
    await inA(async (connection) => {
      kept = connection
    })
    const { code } = await failure(kept?.query('select 1') ?? Promise.resolve())
    expect(code).to.equal('SCOPE.ENDED')
  })
})
