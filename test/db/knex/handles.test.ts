import { expect } from 'chai'
import knexPackage, { type Knex } from 'knex'
import { Model } from 'objection'
import { createTenancy as createKyselyTenancy } from '../../../src/index.ts'
import { forTenant } from '../../../src/knex/index.ts'
import { failure } from '../../support/failure.ts'
import { KNEXES, type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

const titles = async (db: Knex): Promise<string[]> =>
  (await db('projects').select('title').orderBy('id')).map(({ title }) => title)

const OF_A = ['a one', 'a two']
const OF_B = ['b one', 'b three']

class Project extends Model {
  static override tableName = 'projects'
  static override idColumn = ['tenant_id', 'id']
  declare id: number
  declare title: string
}

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`handles of Knex ${version}`, () => {
    let world: TenantWorld
    let app: KnexApp
    before(async () => {
      world = await createWorld()
      app = openKnex(world, { client: { knex }, config: { pool: { min: 0, max: 4 } } })
    })
    after(async () => {
      await app[Symbol.asyncDispose]()
      await world.drop()
    })

    it('read the rows of their tenant beside each other, outside every scope', async () => {
      const [a, b] = [forTenant(app.db, A), forTenant(app.db, B)]
      const seen = await Promise.all(Array.from({ length: 20 }, (_, i) => titles(i % 2 ? a : b)))
      expect(seen).to.deep.equal(Array.from({ length: 20 }, (_, i) => (i % 2 ? OF_A : OF_B)))
    })

    it('are refused in the scope of another tenant', async () => {
      const { code } = await failure(app.tenancy.run(B, () => titles(forTenant(app.db, A))))
      expect(code).to.equal('TENANT.MISMATCH')
      expect(await app.tenancy.run(A, () => titles(forTenant(app.db, A)))).to.deep.equal(OF_A)
    })

    it('give their tenant to transactions, savepoints, raw queries, batches and providers', async () => {
      const a = forTenant(app.db, A)
      const trx = await a.transaction()
      await trx('projects').insert({ id: 100, title: 'in a transaction' })
      await trx.transaction((inner) => inner('projects').insert({ id: 101, title: 'inside' }))
      await failure(
        trx.transaction(async (inner) => {
          await inner('projects').insert({ id: 102, title: 'rolled back' })
          throw new Error('no')
        }),
      )
      await trx.commit()
      await a.batchInsert('projects', [
        { id: 103, title: 'batch' },
        { id: 104, title: 'batch' },
      ])
      const provided = await a.transactionProvider()()
      await provided('projects').insert({ id: 105, title: 'provided' })
      await provided.commit()
      const { rows } = await a.raw(
        'select tenant_id, id from projects where id >= ? order by id',
        [100],
      )
      expect(rows).to.deep.equal([100, 101, 103, 104, 105].map((id) => ({ tenant_id: A, id })))
      expect(await a('projects').where('id', '>=', 100).delete()).to.equal(5)
    })

    it('keep their tenant with withUserParams', async () => {
      const params = forTenant(app.db, A).withUserParams({ isTest: true })
      expect([params.userParams, await titles(params)]).to.deep.equal([{ isTest: true }, OF_A])
      const wide = app.db.withUserParams({ isTest: true })
      expect(await app.tenancy.run(B, () => titles(wide))).to.deep.equal(OF_B)
      expect(await titles(forTenant(wide, A))).to.deep.equal(OF_A)
    })

    it('tell their own listeners of their statements, and those of the instance of all', async () => {
      const heard: [string, string][] = []
      const listen = (name: string, db: Knex) =>
        db.on('query', ({ sql }: { sql: string }) => heard.push([name, sql]))
      const fresh = openKnex(world, { client: { knex } })
      try {
        const { db } = fresh
        const [a, b] = [forTenant(db, A), forTenant(db, B)]
        listen('db', db)
        listen('a', a)
        await a.raw('select 1')
        await b.raw('select 2')
        await b.transaction((trx) => trx.raw('select 3'))
        expect(heard.filter(([name]) => name === 'a')).to.deep.equal([['a', 'select 1']])
        expect(heard.filter(([name]) => name === 'db').map(([, sql]) => sql)).to.deep.equal([
          'select 1',
          'select 2',
          'BEGIN;',
          'select 3',
          'COMMIT;',
        ])
        const before = db.client.listenerCount('query')
        for (let i = 0; i < 500; i++) forTenant(db, `tenant-${i}`)
        expect(db.client.listenerCount('query')).to.equal(before)
      } finally {
        await fresh[Symbol.asyncDispose]()
      }
    })

    it('end no pool', async () => {
      const a = forTenant(app.db, A)
      await a.destroy()
      expect(await titles(a)).to.deep.equal(OF_A)
    })

    it('are what models of Objection are bound to, each to its own', async () => {
      const ofA = Project.bindKnex(forTenant(app.db, A))
      const ofB = Project.bindKnex(forTenant(app.db, B))
      const seen = await Promise.all([ofA, ofB, ofA].map((model) => model.query().orderBy('id')))
      expect(seen.map((rows) => rows.map(({ title }) => title))).to.deep.equal([OF_A, OF_B, OF_A])
      const counted = await ofB.transaction(async (trx) => {
        await ofB.query(trx).insert({ id: 110, title: 'model' } as Partial<Project>)
        const count = await ofB.query(trx).resultSize()
        await ofB.query(trx).where('id', 110).delete()
        return count
      })
      expect(counted).to.equal(3)
    })

    it('serve a model in a scope, and per query', async () => {
      Project.knex(app.db)
      const inScope = await app.tenancy.run(A, () => Project.query().orderBy('id'))
      const byQuery = await Project.query(forTenant(app.db, B)).orderBy('id')
      expect([inScope, byQuery].map((rows) => rows.map(({ title }) => title))).to.deep.equal([
        OF_A,
        OF_B,
      ])
    })

    it('are refused where they cannot be made', async () => {
      const codes: unknown[] = []
      const note = (make: () => unknown) => {
        try {
          make()
          codes.push('made')
        } catch (error) {
          codes.push((error as { code?: string }).code)
        }
      }
      const plain = knex({ client: 'pg' })
      const trx = await app.tenancy.run(A, () => app.db.transaction())
      note(() => forTenant(plain, A))
      note(() => forTenant(knexPackage({ client: 'mysql2' }), A))
      note(() => forTenant({} as Knex, A))
      note(() => forTenant(trx, A))
      note(() => forTenant(forTenant(app.db, A), B))
      note(() => forTenant(app.db, ''))
      note(() => forTenant(app.db, undefined as unknown as string))
      note(() => createKyselyTenancy({ tables: ['projects'] }).forTenant(app.db as never, A))
      await trx.rollback()
      expect(codes).to.deep.equal([
        'DIALECT.FOREIGN',
        'DIALECT.FOREIGN',
        'DIALECT.FOREIGN',
        'DIALECT.FOREIGN',
        'TENANT.MISMATCH',
        'TENANT.INVALID',
        'TENANT.INVALID',
        'DIALECT.FOREIGN',
      ])
      expect(await titles(forTenant(forTenant(app.db, A), A))).to.deep.equal(OF_A)
    })
  })
}
