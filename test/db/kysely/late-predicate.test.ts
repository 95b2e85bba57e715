import { expect } from 'chai'
import { sql } from 'kysely'
import { createTenancy, TenantPlugin } from '../../../src/index.ts'
import { describeStrategies } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { withClient } from '../../support/postgres.ts'
import { strategyOptions } from '../../support/strategies.ts'
import { A, B, openDb } from '../../support/tenants.ts'

describeStrategies('a query with predicates', (bench) => {
  const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
  const open = () => {
    const dialect = strategyOptions(bench.strategy)
    const app = openDb(bench.world, { tenancy, dialect })
    return {
      app,
      db: app.db.withoutPlugins().withPlugin(new TenantPlugin({ tenancy, predicate: true })),
    }
  }
  const titles = (rows: { title: string }[]) => rows.map(({ title }) => title)

  it('that is kept, or holds one that was built in, never carries the tenant before', async () => {
    const { app, db } = open()
    await using _ = app
    const build = () => {
      const inner = db.selectFrom('projects').select('id')
      return db.selectFrom('projects').select('title').where('id', 'in', inner).orderBy('id')
    }
    const kept = tenancy.run(A, build)
    expect(titles(await tenancy.run(A, () => kept.execute()))).to.deep.equal(['a one', 'a two'])
    expect(titles(await tenancy.run(B, () => kept.execute()))).to.deep.equal(['b one', 'b three'])
    const parameters = tenancy.run(B, () => kept.compile().parameters)
    expect(parameters).to.deep.equal([B, B])
    const outside = build()
    expect(titles(await tenancy.run(B, () => outside.execute()))).to.deep.equal([
      'b one',
      'b three',
    ])
  })

  it('that is kept compiled runs for the tenant of its connection, or is refused', async () => {
    const { app, db } = open()
    await using _ = app
    const compiled = tenancy.run(A, () =>
      db.selectFrom('projects').select('title').where('id', '<', 9).orderBy('id').compile(),
    )
    const { rows } = await tenancy.run(B, () => db.executeQuery(compiled))
    expect(titles(rows)).to.deep.equal(['b one', 'b three'])
    const replaced = { ...compiled, parameters: [2, A] }
    const error = await failure(tenancy.run(B, () => db.executeQuery(replaced)))
    expect(error.code).to.equal('TENANT.MISMATCH')
  })

  it('has one predicate for each table under withSchema, by the names it sends', async () => {
    const { app, db } = open()
    await using _ = app
    const inSchema = db.withSchema('public')
    const query = inSchema
      .selectFrom('projects')
      .select('id')
      .where('id', 'in', inSchema.selectFrom('projects').select('id'))
    const { parameters } = tenancy.run(A, () => query.compile())
    expect(parameters).to.deep.equal([A, A])
    const elsewhere = db.withSchema('other').selectFrom('countries').select('code')
    const other = elsewhere.where('code', 'in', db.selectFrom('projects').select('title'))
    expect(tenancy.run(A, () => other.compile().sql)).to.equal(
      'select "code" from "other"."countries" where "code" in (select "title" from "other"."projects")',
    )
  })

  it('in a scope where some other code has another tenant belongs to its connection', async () => {
    const { app, db } = open()
    await using _ = app
    const trx = await tenancy.run(A, () => db.startTransaction().execute())
    expect(
      titles(await trx.selectFrom('projects').select('title').orderBy('id').execute()),
    ).to.deep.equal(['a one', 'a two'])
    await trx.rollback().execute()
  })

  it('that defines a view is left alone', async () => {
    const { app, db } = open()
    await using _ = app
    const view = db.schema.createView('v').as(db.selectFrom('projects').select('id'))
    expect(tenancy.run(A, () => view.compile().sql)).to.equal(
      'create view "v" as select "id" from "projects"',
    )
    const raw = sql`create rule r as on insert to countries do also ${db.selectFrom('projects').select('id')}`
    expect(tenancy.run(A, () => raw.compile(db).sql)).to.not.include('tenant_id')
  })

  it('with an or in raw SQL anywhere in its condition gives the rows it gives without', async () => {
    const { app, db } = open()
    await using _ = app
    // Without row security the predicate alone decides.
    await withClient(bench.world.url, (client) =>
      client.query('alter table projects disable row level security'),
    )
    try {
      const query = db
        .selectFrom('projects')
        .select('title')
        .where('id', '=', 1)
        .where(sql<boolean>`id = 1 or true`)
        .orderBy('title')
      expect(titles(await tenancy.run(A, () => query.execute()))).to.deep.equal(['a one', 'a two'])
    } finally {
      await withClient(bench.world.url, (client) =>
        client.query('alter table projects enable row level security'),
      )
    }
  })

  it('with more parameters than PostgreSQL takes is not sent', async () => {
    const { app, db } = open()
    await using _ = app
    const ids = Array.from({ length: 65_535 }, (_, id) => id)
    const query = db.selectFrom('projects').select('id').where('id', 'in', ids)
    const error = await failure(tenancy.run(A, async () => query.execute()))
    expect(error.code).to.equal('QUERY.TOO_MANY_PARAMETERS')
    expect(error.message).to.include('65536 parameters')
  })
})
