import { expect } from 'chai'
import pg from 'pg'
import { applyPlan } from '../../support/apply-plan.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../../support/postgres.ts'
import { createShapes, shapesConfig } from '../../support/tenant-shapes.ts'

interface Case {
  readonly table: string
  readonly column: string
  /** For the third column. */
  readonly extra?: string
  readonly tenants: readonly [string, string]
}

const UUIDS = [
  '00000000-0000-4000-8000-00000000000a',
  '00000000-0000-4000-8000-00000000000b',
] as const

const CASES: readonly Case[] = [
  { table: 'projects', column: 'tenant_id', tenants: UUIDS },
  { table: 'billing.invoices', column: 'org_id', tenants: ['1', '9007199254740993'] },
  { table: '"projectTasks"', column: '"tenantId"', tenants: UUIDS },
  { table: 'labels', column: 'tenant_id', tenants: ['acme', "o'globex"] },
  { table: 'billing.orders', column: 'tenant_id', tenants: UUIDS },
  { table: 'billing.offers', column: 'tenant_id', tenants: ['acme', 'globex'] },
  { table: 'counters', column: 'tenant_id', tenants: ['1', '-2'] },
  { table: 'notes', column: 'tenant_id', tenants: ['acme', 'ACME'] },
  { table: 'events', column: 'tenant_id', extra: `date '2024-05-05'`, tenants: UUIDS },
  { table: 'events_2025', column: 'tenant_id', extra: `date '2025-05-05'`, tenants: UUIDS },
]

// Asked of a real login, through what the planner wrote.
describe('P4 closed and loud', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) => client.query(createShapes(database.url)))
    await applyPlan(database.url, shapesConfig(database.url))
  })
  after(() => database.drop())

  const asApp = <T>(body: (client: pg.Client) => Promise<T>) =>
    withClient(loginUrl(database.url, roleName(database.url, 'app_user')), body)
  const asAdmin = <T>(body: (client: pg.Client) => Promise<T>) =>
    withClient(loginUrl(database.url, roleName(database.url, 'app_admin')), body)

  for (const { table, column, extra, tenants } of CASES) {
    const [own, foreign] = tenants
    const values = (id: number, tenant: string) =>
      `(${[id, pg.escapeLiteral(tenant), ...(extra ? [extra] : [])].join(', ')})`

    it(`${table}: own rows with a tenant, none without, and no foreign one is written`, async () => {
      await withClient(database.url, async (client) => {
        await client.query(`insert into ${table} values ${values(1, own)}, ${values(2, foreign)}`)
      })
      await asApp(async (client) => {
        const ids = async () =>
          (await client.query(`select id from ${table} order by id`)).rows.map(({ id }) => id)

        // First on a fresh connection, where the setting is unknown; at the end it reads ''.
        expect(await ids()).to.deep.equal([])
        await client.query(`select set_config('app.tenant_id', $1, false)`, [own])
        expect(await ids()).to.deep.equal([1])

        const write = (sql: string) =>
          client.query(sql).then(
            ({ rowCount }) => rowCount,
            ({ code }) => code,
          )
        expect([
          await write(`insert into ${table} values ${values(3, foreign)}`),
          await write(`update ${table} set ${column} = ${pg.escapeLiteral(foreign)}`),
          await write(`update ${table} set id = id where id = 2`),
          await write(`delete from ${table} where id = 2`),
          await write(`insert into ${table} values ${values(4, own)}`),
        ]).to.deep.equal(['42501', '42501', 0, 0, 1])

        await client.query(`select set_config('app.tenant_id', '', false)`)
        expect(await ids()).to.deep.equal([])
      })
    })
  }

  it('fills in the tenant of the statement', () =>
    asApp(async (client) => {
      await client.query(`select set_config('app.tenant_id', $1, false)`, [UUIDS[1]])
      const { rows } = await client.query(
        `insert into projects (id) values (50) returning tenant_id as tenant`,
      )
      expect(rows).to.deep.equal([{ tenant: UUIDS[1] }])
    }))

  it('holds the floor against a permissive policy that shows everything', async () => {
    await withClient(database.url, (client) =>
      client.query(`
        insert into comments values (1, '${UUIDS[0]}'), (2, '${UUIDS[1]}');
        create policy too_wide on comments using (true)`),
    )
    await asApp(async (client) => {
      await client.query(`select set_config('app.tenant_id', $1, false)`, [UUIDS[0]])
      const { rows } = await client.query('select id from comments')
      expect(rows).to.deep.equal([{ id: 1 }])
    })
  })

  it('shares the rows of no tenant for reading only, and only with a tenant', async () => {
    const [own, foreign] = UUIDS
    await asAdmin((client) =>
      client.query(`insert into templates values (1, '${own}'), (2, '${foreign}'), (3, default)`),
    )
    await asApp(async (client) => {
      const state = async (sql: string) =>
        client.query(sql).then(
          ({ rows, rowCount }) => (sql.startsWith('select') ? rows.map(({ id }) => id) : rowCount),
          ({ code }) => code,
        )
      const ids = 'select id from templates order by id'
      expect(await state(ids)).to.deep.equal([])
      await client.query(`select set_config('app.tenant_id', $1, false)`, [own])
      expect(await state(ids)).to.deep.equal([1, 3])
      expect(await state('insert into templates values (4, null)')).to.equal('42501')
      expect(await state('update templates set id = 5 where id = 3')).to.equal(0)
      expect(await state('update templates set tenant_id = null')).to.equal('42501')
      expect(await state('delete from templates where id = 3')).to.equal(0)
    })
  })

  it('shows the admin role every tenant', () =>
    asAdmin(async (client) => {
      const { rows } = await client.query('select id from counters where id < 3 order by id')
      expect(rows).to.deep.equal([{ id: 1 }, { id: 2 }])
    }))

  it('leaves the ids alone that the table of the tenants makes', () =>
    asAdmin(async (client) => {
      const { rows } = await client.query('insert into tenants default values returning id')
      expect(rows).to.have.length(1)
    }))
})
