import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import { createTenancy, TenantPlugin } from 'kysely-tenants'
import { median } from './measure.ts'
import type { Tables } from './tables.ts'

/** The microseconds that the plugin adds to the compilation of a select of three tables. */
export function measurePlugin(count: number): { guard: number; predicate: number } {
  const tenancy = createTenancy({ tenant: { type: 'integer' }, tables: { projects: {} } })
  const plain = kysely()
  const contenders = [
    plain,
    plain.withPlugin(new TenantPlugin({ tenancy })),
    plain.withPlugin(new TenantPlugin({ tenancy, predicate: true })),
  ]
  const rounds: number[][] = []
  tenancy.run(1, () => {
    for (const db of contenders) time(db, count)
    for (let round = 0; round < 9; round++) rounds.push(contenders.map((db) => time(db, count)))
  })
  const added = (index: number) =>
    median(rounds.map((times) => (times[index] ?? 0) - (times[0] ?? 0)))
  return { guard: added(1), predicate: added(2) }
}

function kysely(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}

function time(db: Kysely<Tables>, count: number): number {
  const start = performance.now()
  for (let i = 0; i < count; i++) {
    db.selectFrom('projects as a')
      .innerJoin('projects as b', 'a.id', 'b.id')
      .leftJoin('projects as c', 'c.id', 'b.id')
      .select(['a.title', 'c.id'])
      .where('a.id', '=', i)
      .compile()
  }
  return ((performance.now() - start) * 1000) / count
}
