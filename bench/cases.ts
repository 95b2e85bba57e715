import type { Kysely } from 'kysely'
import { type Contender, FIXED_TENANT } from './contenders.ts'
import { ROWS_PER_TENANT, STREAMED, type Tables } from './tables.ts'

export interface Case {
  readonly name: string
  /** Statements a round, without and with a network of 1 ms. */
  readonly counts: readonly [loopback: number, network: number]
  /** @param tenants how many take turns */
  run(contender: Contender, i: number, tenants: number): Promise<unknown>
}

export const BY_KEY: Case = {
  name: 'select by key',
  counts: [200, 40],
  run: (contender, i, tenants) => {
    const tenant = tenantOf(contender, i, tenants)
    return contender.statement(tenant, (db) => byKey(db, contender, tenant, i).execute())
  },
}

export const CASES: readonly Case[] = [
  BY_KEY,
  {
    name: 'select 100 rows',
    counts: [60, 30],
    run: (contender) =>
      contender.statement(FIXED_TENANT, (db) =>
        ofTenant(db, contender, FIXED_TENANT).limit(100).execute(),
      ),
  },
  {
    name: 'insert',
    counts: [100, 30],
    run: (contender, i, tenants) => {
      const tenant = tenantOf(contender, i, tenants)
      const row = { tenant_id: tenant, id: nextId(), title: 'New' }
      return contender.statement(tenant, (db) =>
        db.insertInto(contender.table).values(row).execute(),
      )
    },
  },
  {
    name: 'transaction of 5 statements',
    counts: [30, 10],
    run: (contender, i, tenants) => {
      const tenant = tenantOf(contender, i, tenants)
      return contender.transaction(tenant, async (trx) => {
        for (let n = 0; n < 5; n++) await byKey(trx, contender, tenant, i + n).execute()
      })
    },
  },
  {
    name: `stream of ${STREAMED} rows`,
    counts: [1, 1],
    run: (contender) =>
      contender.statement(FIXED_TENANT, async (db) => {
        let rows = 0
        const query = ofTenant(db, contender, FIXED_TENANT).limit(STREAMED)
        for await (const _ of query.stream(1000)) rows++
        if (rows !== STREAMED) throw new Error(`${contender.name} streamed ${rows} rows`)
      }),
  },
]

function ofTenant(db: Kysely<Tables>, { name, table }: Contender, tenant: number) {
  const query = db.selectFrom(table).selectAll()
  // Only who has no scope has to say whose rows it means.
  return name.startsWith('kysely-tenants') ? query : query.where('tenant_id', '=', tenant)
}

function byKey(db: Kysely<Tables>, contender: Contender, tenant: number, i: number) {
  return ofTenant(db, contender, tenant).where('id', '=', (i % ROWS_PER_TENANT) + 1)
}

function tenantOf({ isFixed }: Contender, i: number, tenants: number): number {
  return isFixed ? FIXED_TENANT : ((i * 7919) % tenants) + 1
}

let lastId = STREAMED
const nextId = () => ++lastId
