import { expect } from 'chai'
import { createTenancy, TenantPlugin } from '../../../../src/index.ts'
import { db } from '../../../support/compile-only.ts'

// The target is about 10 µs. Printed, because a busy machine is no defect.
describe('TenantPlugin.transformQuery', () => {
  const tenancy = createTenancy({ tables: ['invoices'] })
  const plugin = new TenantPlugin({ tenancy })
  const query = db
    .selectFrom('projects')
    .innerJoin('tasks', 'tasks.id', 'projects.id')
    .leftJoin('users', 'users.id', 'tasks.id')
    .select(['projects.id', 'tasks.title', 'users.title as user'])
    .where('projects.title', '=', 'x')
  const { queryId } = query.compile()
  const node = query.toOperationNode()

  for (const scope of ['run', 'runGlobal'] as const) {
    it(`leaves a select of three tables as it is, and is measured, in ${scope}`, () => {
      const transform = (rounds: number) => {
        const started = performance.now()
        for (let i = 0; i < rounds; i++) plugin.transformQuery({ node, queryId })
        return ((performance.now() - started) / rounds) * 1000
      }
      const measure = () => {
        expect(plugin.transformQuery({ node, queryId })).to.equal(node)
        transform(2000)
        return transform(10_000)
      }
      const microseconds = scope === 'run' ? tenancy.run('a', measure) : tenancy.runGlobal(measure)
      process.stdout.write(`      ${microseconds.toFixed(2)} µs a query\n`)
    })
  }
})

describe('TenantPlugin over a dialect without the tenancy', () => {
  it('refuses a tenant table outside every scope at once: no driver would', () => {
    const tenancy = createTenancy({ tables: ['projects'] })
    const guarded = db.withPlugin(new TenantPlugin({ tenancy }))
    expect(() => guarded.selectFrom('projects').selectAll().compile()).to.throw(
      'A query on projects was built outside every tenant scope',
    )
    expect(guarded.selectFrom('tasks').select('id').compile().sql).to.equal(
      'select "id" from "tasks"',
    )
  })
})

describe('the TenantPlugin in the scope of a tenant', () => {
  const tenancy = createTenancy({ tables: ['projects'] })
  const guarded = db.withPlugin(new TenantPlugin({ tenancy }))
  const row = (tenant_id: string) => ({ id: 1, tenant_id, parent_id: null, title: 't' })
  const added = (tenant: string) =>
    guarded.with('added', (q) => q.insertInto('projects').values(row(tenant)).returningAll())
  const merged = guarded.mergeInto('projects as p').using('tasks', 'tasks.id', 'p.id')

  const writes: Record<string, (tenant: string) => { compile(): unknown }> = {
    values: (tenant) => guarded.insertInto('projects').values([row('a'), row(tenant)]),
    set: (tenant) => guarded.updateTable('projects as p').set({ tenant_id: tenant }),
    'on conflict': (tenant) =>
      guarded
        .insertInto('projects')
        .values(row('a'))
        .onConflict((oc) => oc.column('id').doUpdateSet({ tenant_id: tenant })),
    'a common table expression': (tenant) => added(tenant).selectFrom('added').selectAll(),
    'one before another write': (tenant) => added(tenant).insertInto('projects').values(row('a')),
    'merge, insert': (tenant) => merged.whenNotMatched().thenInsertValues(row(tenant)),
    'merge, update': (tenant) => merged.whenMatched().thenUpdateSet({ tenant_id: tenant }),
  }
  for (const [title, write] of Object.entries(writes)) {
    it(`refuses the literal of another tenant: ${title}`, () => {
      expect(() => tenancy.run('a', () => write('b').compile()))
        .to.throw('asked for a row of tenant "b"')
        .with.property('code', 'TENANT.MISMATCH')
      tenancy.run('a', () => write('a').compile())
    })
  }
})
