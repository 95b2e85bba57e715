import { expect } from 'chai'
import type { Knex } from 'knex'
import { forTenant } from '../../../src/knex/index.ts'
import { failure } from '../../support/failure.ts'
import { KNEXES, type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

type Query = (db: Knex) => PromiseLike<unknown>

const ON_A_TENANT_TABLE: Record<string, Query> = {
  table: (db) => db('projects'),
  alias: (db) => db('projects as p'),
  'alias in capitals': (db) => db('projects AS p'),
  schema: (db) => db.withSchema('public').from('projects'),
  dotted: (db) => db('public.projects'),
  'dotted alias': (db) => db('public.projects as p'),
  'database, schema and table': (db) => db('x.public.projects'),
  object: (db) => db({ p: 'projects' }),
  'object of two': (db) => db({ c: 'countries', p: 'projects' }),
  ref: (db) => db(db.ref('projects') as unknown as string).select('*'),
  'ref with schema': (db) => db(db.ref('projects').withSchema('public') as unknown as string),
  only: (db) => db('projects', { only: true }),
  join: (db) => db('countries').join('projects', 'code', 'title'),
  'left join of an alias': (db) => db('countries').leftJoin('projects as p', 'code', 'p.title'),
  'join of an object': (db) => db('countries').join({ p: 'projects' }, 'code', 'p.title'),
  'join with a callback': (db) => db('countries').join('projects', (on) => on.on('code', 'title')),
  'join of a subquery': (db) => db('countries').join(db('projects').as('p'), 'code', 'p.title'),
  union: (db) => db('countries').select('code').union(db('projects').select('title')),
  'union with a callback': (db) =>
    db('countries')
      .select('code')
      .unionAll((q) => q.select('title').from('projects')),
  intersect: (db) =>
    db('countries')
      .select('code')
      .intersect([db('projects').select('title')]),
  with: (db) => db.with('p', db('projects')).from('p'),
  'with a callback': (db) => db.with('p', (q) => q.from('projects')).from('countries'),
  'a common table expression of its own name': (db) =>
    db.with('projects', db('projects')).from('projects'),
  exists: (db) => db('countries').whereExists((q) => q.from('projects')),
  in: (db) => db('countries').whereIn('code', db('projects').select('title')),
  'subquery in select': (db) => db('countries').select(db('projects').count().as('n')),
  'subquery in from': (db) => db.from(db('projects').as('p')),
  'insert … select': (db) => db('countries').insert(db('projects').select('title as code')),
  insert: (db) => db('projects').insert({ id: 50, title: 'x' }),
  update: (db) => db('projects').update({ title: 'x' }),
  delete: (db) => db('projects').delete(),
  'delete beside a common table expression of that name': (db) =>
    db.with('projects', db('countries')).from('projects').delete(),
  'update beside a common table expression of that name': (db) =>
    db.with('projects', db('countries')).from('projects as p').update({ title: 'x' }),
  'insert beside a common table expression of that name': (db) =>
    db.with('projects', db('countries')).from('projects').insert({ id: 50, title: 'x' }),
  truncate: (db) => db('projects').truncate(),
  first: (db) => db('projects').first(),
  count: (db) => db('projects').count(),
  'delete using': (db) => db('countries').using(['projects']).whereRaw('code = title').delete(),
  'subquery in a where': (db) => db('countries').where('code', db('projects').max('title')),
  'subquery in a having': (db) =>
    db('countries').groupBy('code').having('code', '=', db('projects').max('title')),
  'nested three deep': (db) =>
    db('countries').whereExists((q) =>
      q.from('countries').whereIn('code', (r) => r.select('title').from('projects')),
    ),
}

const ON_A_GLOBAL_TABLE: Record<string, Query> = {
  table: (db) => db('countries'),
  'a common table expression of that name': (db) =>
    db.with('projects', db('countries')).from('projects'),
  'a recursive one': (db) =>
    db
      .withRecursive('projects', (q) =>
        q
          .select('code')
          .from('countries')
          .union((r) => r.select('code').from('projects')),
      )
      .from('projects')
      .select('*'),
  'a column of that name': (db) => db('countries').select('code as projects'),
  'another schema': (db) => db('pg_catalog.pg_class').limit(0),
}

const OF_ANOTHER_TENANT: Record<string, Query> = {
  insert: (db) => db('projects').insert({ id: 60, title: 'x', tenant_id: B }),
  'insert of several': (db) =>
    db('projects').insert([
      { id: 60, title: 'x', tenant_id: A },
      { id: 61, title: 'x', tenant_id: B },
    ]),
  update: (db) => db('projects').update({ tenant_id: B }),
  'update of one column': (db) => db('projects').update('tenant_id', B),
  'update of a dotted column': (db) => db('projects').update({ 'projects.tenant_id': B }),
  merge: (db) =>
    db('projects').insert({ id: 60, title: 'x' }).onConflict(['tenant_id', 'id']).merge({
      tenant_id: B,
    }),
  'an alias': (db) => db('public.projects as p').update({ tenant_id: B }),
}

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`the guard of builders with Knex ${version}`, () => {
    let world: TenantWorld
    let app: KnexApp
    const queries: string[] = []

    before(async () => {
      world = await createWorld()
      app = openKnex(world, { client: { knex } })
      app.db.on('query', ({ sql }) => queries.push(sql))
    })
    beforeEach(() => {
      queries.length = 0
    })
    after(async () => {
      await app[Symbol.asyncDispose]()
      await world.drop()
    })

    for (const [title, query] of Object.entries(ON_A_TENANT_TABLE)) {
      it(`refuses in the global scope, and sends nothing: ${title}`, async () => {
        const { code } = await failure(app.tenancy.runGlobal(async () => query(app.db)))
        expect({ code, queries }).to.deep.equal({ code: 'TENANT.MISSING', queries: [] })
      })
    }

    for (const [title, query] of Object.entries(ON_A_GLOBAL_TABLE)) {
      it(`lets pass in the global scope: ${title}`, async () => {
        await app.tenancy.runGlobal(async () => query(app.db))
        expect(queries).to.have.length(1)
      })
    }

    for (const [title, query] of Object.entries(OF_ANOTHER_TENANT)) {
      it(`refuses in the scope of a tenant, and sends nothing: ${title}`, async () => {
        const inScope = await failure(app.tenancy.run(A, async () => query(app.db)))
        const byHandle = await failure(Promise.resolve(query(forTenant(app.db, A))))
        expect([inScope.code, byHandle.code, queries]).to.deep.equal([
          'TENANT.MISMATCH',
          'TENANT.MISMATCH',
          [],
        ])
      })
    }

    it('sees through the wrapIdentifier of the config', async () => {
      const snake = openKnex(world, {
        client: { knex },
        config: {
          wrapIdentifier: (name, wrap) =>
            wrap(name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)),
        },
      })
      try {
        const row = { id: 70, title: 'x', tenantId: B }
        const { code } = await failure(
          snake.tenancy.run(A, async () => snake.db('projects').insert(row)),
        )
        expect(code).to.equal('TENANT.MISMATCH')
      } finally {
        await snake[Symbol.asyncDispose]()
      }
    })

    it('refuses builders, raw queries and transactions outside every scope', async () => {
      const failed = await Promise.all([
        failure(Promise.resolve(app.db('projects'))),
        failure(Promise.resolve(app.db('countries'))),
        failure(Promise.resolve(app.db.raw('select 1'))),
        failure(app.db.transaction(async () => undefined)),
        failure(app.db.migrate.latest()),
      ])
      expect(failed.map(({ code }) => code)).to.deep.equal(Array(5).fill('TENANT.MISSING'))
      expect(queries).to.deep.equal([])
    })

    it('refuses a connection without a tenant', async () => {
      const raw = await app.db.client.acquireRawConnection()
      try {
        const failed = await app.tenancy.run(A, () =>
          Promise.all([
            failure(Promise.resolve(app.db('projects').connection(raw))),
            failure(Promise.resolve(app.db.raw('select 1').connection(raw))),
            failure((async () => app.db.transaction(async () => 1, { connection: raw }))()),
          ]),
        )
        expect(failed.map(({ code }) => code)).to.deep.equal(Array(3).fill('CONNECTION.FOREIGN'))
        expect(queries).to.deep.equal([])
      } finally {
        await app.db.client.destroyRawConnection(raw)
      }
    })
  })
}
