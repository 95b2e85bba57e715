import { expect } from 'chai'
import type { Kysely, KyselyPlugin } from 'kysely'
import { describeStrategies } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { A, B, type Tables } from '../../support/tenants.ts'

describeStrategies('a handle', (bench) => {
  const { open } = bench

  it('keeps its tenant with plugins, without plugins, with a schema and with other tables', async () => {
    const seen: string[] = []
    const spy: KyselyPlugin = {
      transformQuery: ({ node }) => {
        seen.push(node.kind)
        return node
      },
      transformResult: async ({ result }) => result,
    }
    const a = bench.app.tenancy.forTenant(bench.db, A)
    const variants = [
      a.withPlugin(spy),
      a.withoutPlugins(),
      a.withSchema('public'),
      a.withSchema('public').withPlugin(spy),
      ...withOtherTables(a),
    ]
    for (const variant of variants) {
      expect(await tenantsSeen(variant)).to.deep.equal([A])
      expect(await variant.connection().execute(tenantsSeen)).to.deep.equal([A])
      expect(await variant.transaction().execute(tenantsSeen)).to.deep.equal([A])
      await variant.transaction().execute(async (trx) => {
        const copies = [trx.withoutPlugins().withSchema('public'), ...withOtherTables(trx)]
        for (const copy of copies) expect(await tenantsSeen(copy)).to.deep.equal([A])
      })
      const trx = await variant.startTransaction().execute()
      for (const copy of withOtherTables(trx)) {
        expect(await tenantsSeen(copy)).to.deep.equal([A])
      }
      await trx.rollback().execute()
    }
    expect(seen.filter((kind) => kind === 'SelectQueryNode')).to.have.length(
      2 * (3 + 2 * withOtherTables(a).length),
    )
  })

  it('refuses another tenant through each of them', async () => {
    const a = bench.app.tenancy.forTenant(bench.db, A)
    for (const variant of [a, a.withoutPlugins(), a.withSchema('public')]) {
      const read = bench.app.tenancy.run(B, () => tenantsSeen(variant))
      expect((await failure(read)).code).to.equal('TENANT.MISMATCH')
    }
  })

  it('is made of what a Kysely was made into, and not the other way round', async () => {
    const bound = bench.app.tenancy.forTenant(bench.db.withSchema('public'), A)
    expect(await tenantsSeen(bound)).to.deep.equal([A])
    const unguarded = bench.app.tenancy.forTenant(bench.db.withoutPlugins(), A)
    expect(await tenantsSeen(unguarded)).to.deep.equal([A])
    expect((await failure(tenantsSeen(bench.db))).code).to.equal('TENANT.MISSING')
  })

  it('serves interleaved statements, transactions and streams of many tenants', async () => {
    const many = open({ pool: { max: 3 } })
    try {
      const ways: ((on: Kysely<Tables>) => Promise<string[]>)[] = [
        tenantsSeen,
        (on) => on.transaction().execute(tenantsSeen),
        async (on) => {
          const streamed = new Set<string>()
          const rows = on.selectFrom('projects').select('tenant_id').stream(1)
          for await (const { tenant_id } of rows) streamed.add(tenant_id)
          return [...streamed]
        },
      ]
      const tenants = Array.from({ length: 30 }, (_, i) => (i % 2 ? A : B))
      const seen = await Promise.all(
        tenants.map((tenant, i) =>
          ways[i % 3]?.(many.tenancy.forTenant(many.db, tenant) as Kysely<Tables>),
        ),
      )
      expect(seen).to.deep.equal(tenants.map((tenant) => [tenant]))
    } finally {
      await many[Symbol.asyncDispose]()
    }
  })

  it('leaves the pool alone when it is destroyed or disposed of', async () => {
    const a = bench.app.tenancy.forTenant(bench.db, A)
    expect(await tenantsSeen(a)).to.deep.equal([A])
    await a.destroy()
    await a[Symbol.asyncDispose]()
    expect(bench.app.pool.ended).to.equal(false)
    expect(await tenantsSeen(bench.app.tenancy.forTenant(bench.db, B))).to.deep.equal([B])
  })
})

/** The copies of a Kysely with other tables for the compiler; Kysely 0.28 can make the first alone. */
function withOtherTables(on: Kysely<Tables>): Kysely<Tables>[] {
  const copies: object[] = [on.withTables<{ other: { id: number } }>()]
  if ('$pickTables' in on) {
    copies.push(on.$extendTables<{ other: { id: number } }>())
    copies.push(on.$pickTables<'projects'>(), on.$omitTables<'countries'>())
  }
  return copies as Kysely<Tables>[]
}
