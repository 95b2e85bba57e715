import { expect } from 'chai'
import { sql } from 'kysely'
import type pg from 'pg'
import { backendOf, describeFaults, tenantsSeen } from '../../support/fault-bench.ts'
import { A, B } from '../../support/tenants.ts'

describeFaults('faults: prepared statements', (bench) => {
  it('F16 a prepared statement reads the rows of the tenant that executes it', async () => {
    const readAs = async (client: pg.ClientBase, name: string, table: string, tenant: string) => {
      await client.query('begin')
      await client.query(`select set_config('app.tenant_id', $1, true)`, [tenant])
      const { rows } = await client.query({ name, text: `select distinct tenant_id from ${table}` })
      await client.query('commit')
      return rows.map(({ tenant_id }) => tenant_id)
    }
    const alternate = async (client: pg.ClientBase, name: string, table: string) => {
      const seen = []
      for (let i = 0; i < 4; i++) {
        seen.push(...(await readAs(client, name, table, A)))
        seen.push(...(await readAs(client, name, table, B)))
      }
      return seen
    }
    const right = Array.from({ length: 4 }, () => [A, B]).flat()
    const client = await bench.app.pool.connect()
    try {
      expect(await alternate(client, 'own_rows', 'projects')).to.deep.equal(right)

      // A policy over a function that claims to be immutable: the plan keeps the tenant of the first.
      await bench.admin.query(`
        create table frozen as table projects;
        create function frozen_tenant() returns text immutable language sql
          as $$ select current_setting('app.tenant_id') $$;
        create policy p on frozen using (tenant_id = frozen_tenant());
        alter table frozen enable row level security;
        grant select on frozen to public;
      `)
      await client.query('set plan_cache_mode = force_generic_plan')
      expect(await alternate(client, 'first_rows', 'frozen')).not.to.deep.equal(right)
    } finally {
      await bench.admin.query('drop table if exists frozen; drop function if exists frozen_tenant')
      client.release(true)
    }
    const { db, tenancy } = bench.app
    const seen = []
    for (const tenant of right) seen.push(...(await tenancy.run(tenant, () => tenantsSeen(db))))
    expect(seen).to.deep.equal(right)
    await bench.expectClean()
  })

  it('F52 after DEALLOCATE ALL the statements of this and of later scopes work', async () => {
    await bench.inA((db) =>
      db.connection().execute(async (one) => {
        await tenantsSeen(one)
        await sql`deallocate all`.execute(one)
        expect(await tenantsSeen(one)).to.deep.equal([A])
      }),
    )
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    await bench.expectClean()
  })

  it('F52b a statement goes on working when its columns change between two executions', async () => {
    const read = () => bench.inA((db) => sql`select * from slots`.execute(db))
    await bench.inA((db) => sql`insert into slots (slot) values (1)`.execute(db))
    expect((await read()).rows).to.deep.equal([{ tenant_id: A, slot: 1 }])
    await bench.admin.query('alter table slots add column note text')
    try {
      expect((await read()).rows).to.deep.equal([{ tenant_id: A, slot: 1, note: null }])
    } finally {
      await bench.admin.query('alter table slots drop column note')
    }
    await bench.expectClean()
  })
})
