import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { createTenancy, TenantPlugin } from '../../../src/index.ts'
import { withClient } from '../../support/postgres.ts'
import { A, createWorld, openDb, type TenantDb, type TenantWorld } from '../../support/tenants.ts'

interface Row {
  id: number
  tenant_id: string | null
  title: string
}
type Tables = Record<'projects' | 'templates', Row>
type Query = (db: Kysely<Tables>) => { execute(): Promise<unknown> }

const TITLES = ['templates.title as template', 'projects.title as project'] as const

const QUERIES: Readonly<Record<string, Query>> = {
  'a select': (db) => db.selectFrom('projects').selectAll().orderBy('id'),
  'a select with an or': (db) =>
    db.selectFrom('projects').selectAll().where(sql<boolean>`id = 1 or id = 3`),
  'shared rows': (db) => db.selectFrom('templates').selectAll().orderBy('id'),
  'a left join': (db) =>
    db
      .selectFrom('templates')
      .leftJoin('projects', 'projects.id', 'templates.id')
      .select(TITLES)
      .orderBy('templates.id')
      .orderBy('projects.id'),
  'a right join': (db) =>
    db
      .selectFrom('projects')
      .rightJoin('templates', 'templates.id', 'projects.id')
      .select(TITLES)
      .orderBy('templates.id')
      .orderBy('projects.id'),
  'a full join': (db) =>
    db
      .selectFrom('projects')
      .fullJoin('templates', 'templates.id', 'projects.id')
      .select(TITLES)
      .orderBy('templates.id')
      .orderBy('projects.id'),
  'an update': (db) => db.updateTable('projects').set({ title: 'new' }).returningAll(),
  'a delete': (db) =>
    db
      .deleteFrom('projects')
      .using('templates')
      .whereRef('templates.id', '=', 'projects.id')
      .returning('projects.id'),
}

class Undone extends Error {}

describe('P7 the predicate of the plugin', () => {
  let world: TenantWorld
  let app: TenantDb
  let open: (predicate: boolean) => Kysely<Tables>

  before(async () => {
    world = await createWorld()
    const mine = `tenant_id = (select nullif(current_setting('app.tenant_id', true), ''))`
    await withClient(world.url, (client) =>
      client.query(`
        create table templates (id int primary key, tenant_id text, title text not null);
        insert into templates values (1, null, 'for all'), (4, '${A}', 'of a'), (3, 'b', 'of b');
        create policy tenant_access on templates to ${world.name}_app using (${mine} or tenant_id is null);
        alter table templates enable row level security, force row level security;
        grant select on templates to ${world.name}_app;`),
    )
    const tenancy = createTenancy({ tables: { projects: {}, templates: { shared: true } } })
    app = openDb(world, { tenancy })
    open = (predicate) =>
      (app.db as unknown as Kysely<Tables>) // The world knows one of the tables.
        .withoutPlugins()
        .withPlugin(new TenantPlugin({ tenancy, predicate }))
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  const asA = <T>(body: () => Promise<T>) => app.tenancy.run(A, body)

  /** The rows of a query, in a transaction that is rolled back. */
  async function rowsOf(query: Query, predicate: boolean): Promise<unknown> {
    let rows: unknown
    const inTransaction = () =>
      open(predicate)
        .transaction()
        .execute(async (trx) => {
          rows = await query(trx).execute()
          throw new Undone()
        })
    await asA(inTransaction).catch((error) => {
      if (!(error instanceof Undone)) throw error
    })
    return rows
  }

  for (const [name, query] of Object.entries(QUERIES)) {
    it(`does not change what ${name} gives`, async () => {
      const rows = await rowsOf(query, true)
      expect(rows).to.have.length.above(0)
      expect(rows).to.deep.equal(await rowsOf(query, false))
    })
  }

  it('tells the planner the tenant', async () => {
    const plan = async (predicate: boolean) => {
      const query = open(predicate).selectFrom('projects').selectAll()
      return JSON.stringify(await asA(() => query.explain('json')))
    }
    const known = `tenant_id = '${A}'::text`
    expect(await plan(true)).to.include(known)
    expect(await plan(false)).not.to.include(known)
  })
})
