import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { sql } from 'kysely'
import type pg from 'pg'
import { A, B, nextUser, type TenantDb } from './tenants.ts'

const CLEAN = { tenant: null, rows: 0, inTransaction: false }

/**
 * After a fault: the next user of the pool sees no tenant and no open transaction, every scope sees
 * its own rows, and the pool has all its clients.
 *
 * @param admin of a superuser, in the same database
 */
export async function expectClean({ db, tenancy, pool }: TenantDb, admin: pg.Client) {
  const seenBy = (tenant: string) =>
    tenancy.run(tenant, async () => {
      const rows = await db.selectFrom('projects').select(['tenant_id', 'id']).execute()
      return rows.map(({ tenant_id, id }) => `${tenant_id} ${id}`).sort()
    })

  expect(await nextUser(pool)).to.deep.equal(CLEAN)
  expect(await seenBy(B)).to.deep.equal([`${B} 1`, `${B} 3`])
  expect(await nextUser(pool)).to.deep.equal(CLEAN)
  expect(await seenBy('tenant-c')).to.deep.equal([])
  const { rows } = await tenancy.runGlobal(() => sql`select * from projects`.execute(db))
  expect(rows).to.deep.equal([])

  await expectNoOpenTransaction(admin)
  await expectAllClients(pool)
  // Mocha fails the test that is running when a rejection is not handled: let it come.
  await turn()
  expect(await misplaced(admin)).to.deep.equal([])
}

/** A backend notices a closed socket a moment later. */
async function expectNoOpenTransaction(admin: pg.Client): Promise<void> {
  await admin.query(`do $$ begin
    for i in 1..120 loop
      perform pg_stat_clear_snapshot();
      if not exists (select from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%') then return; end if;
      perform pg_sleep(0.005);
    end loop;
    raise exception 'a transaction was left open';
    end $$`)
}

async function expectAllClients(pool: pg.Pool): Promise<void> {
  const { max } = pool.options
  const clients = await Promise.all(Array.from({ length: max }, () => pool.connect()))
  for (const client of clients) client.release()
  expect({ total: pool.totalCount, waiting: pool.waitingCount }).to.deep.equal({
    total: max,
    waiting: 0,
  })
}

/** Rows that are not under the tenant they were written for. */
async function misplaced(admin: pg.Client): Promise<unknown[]> {
  const { rows } = await admin.query(
    `select * from projects where title like 'for %' and title <> 'for ' || tenant_id`,
  )
  return rows
}

/** A row that says whom it is for, whatever tenant the server gives it. */
export function insertFor(tenant: string, id: number) {
  return sql`insert into projects (id, title) values (${id}, ${`for ${tenant}`})`
}

export const insertForA = (id: number) => insertFor(A, id)
