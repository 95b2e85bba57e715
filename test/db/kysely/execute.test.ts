import { expect } from 'chai'
import { NoResultError, sql } from 'kysely'
import { describeStrategies, titles } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { A } from '../../support/tenants.ts'

describeStrategies('execute', (bench) => {
  const { inA } = bench

  it('gives all rows, the first, or the error that there is none', async () => {
    await inA(async () => {
      expect(await titles(bench.db).execute()).to.deep.equal([
        { title: 'a one' },
        { title: 'a two' },
      ])
      expect(await titles(bench.db).executeTakeFirst()).to.deep.equal({ title: 'a one' })
      expect(await titles(bench.db).executeTakeFirstOrThrow()).to.deep.equal({ title: 'a one' })
      const three = titles(bench.db).where('id', '=', 3)
      expect(await three.executeTakeFirst()).to.equal(undefined)
      expect(await failure(three.executeTakeFirstOrThrow())).to.be.instanceOf(NoResultError)
    })
  })

  it('counts the rows of the tenant that were inserted, updated and deleted', async () => {
    const row = { id: 9, title: 'nine', tenant_id: A }
    const counts = await inA(async () => [
      (await bench.db.insertInto('projects').values(row).executeTakeFirst())
        .numInsertedOrUpdatedRows,
      (await bench.db.updateTable('projects').set({ title: '9' }).executeTakeFirst())
        .numUpdatedRows,
      (await bench.db.deleteFrom('projects').where('id', '=', 9).executeTakeFirst()).numDeletedRows,
    ])
    expect(counts).to.deep.equal([1n, 3n, 1n])
    const restore = sql`update projects set title = case id when 1 then 'a one' else 'a two' end`
    await inA(() => restore.execute(bench.db))
  })

  it('counts the rows of the tenant that were merged, where the server has MERGE', async () => {
    const [server] = await inA(async () => {
      const version = sql<number>`current_setting('server_version_num')::int`
      return bench.db.selectNoFrom(version.as('version')).execute()
    })
    const merge = inA(async () => {
      const result = await bench.db
        .mergeInto('projects as p')
        .using('projects as q', 'p.id', 'q.id')
        .whenMatched()
        .thenUpdateSet({ id: sql`p.id` })
        .executeTakeFirst()
      return result.numChangedRows
    })
    if ((server?.version ?? 0) >= 150000) expect(await merge).to.equal(2n)
    else expect(await failure(merge)).to.include({ code: '42601' })
  })

  it('runs builders, raw SQL and compiled queries handed to executeQuery', async () => {
    // Compiled at the start of an application, outside every scope.
    const compiled = titles(bench.db.withoutPlugins()).compile()
    const raw = sql`select title from projects order by id`
    const results = await inA(async () => [
      await bench.db.executeQuery(titles(bench.db)),
      await bench.db.executeQuery(compiled),
      await bench.db.executeQuery(raw.compile(bench.db)),
      await raw.execute(bench.db),
    ])
    for (const { rows } of results) {
      expect(rows).to.deep.equal([{ title: 'a one' }, { title: 'a two' }])
    }
  })

  it('explains and analyses a query with the rows of the tenant, and none without a scope', async () => {
    const explain = () => titles(bench.db).explain('json', sql`analyze`)
    const [row] = await inA(explain)
    const plan = (row?.['QUERY PLAN'] ?? []) as { Plan: { 'Actual Rows': number } }[]
    expect(plan[0]?.Plan['Actual Rows']).to.equal(2)
    expect((await failure(explain())).code).to.equal('TENANT.MISSING')
  })

  it('leads from an error of the server to the line that asked', async () => {
    async function askedHere() {
      await sql`select 1/0`.execute(bench.db)
    }
    const { message, stack } = await failure(inA(askedHere))
    expect(message).to.equal('division by zero')
    expect(stack).to.match(/at async askedHere .*execute\.test\.ts/)
  })
})
