import type { Kysely } from 'kysely'
import type { Contender } from './contenders.ts'
import { BIG_TENANT, ROWS_PER_TENANT, SMALL_TENANT, STREAMED, type Tables } from './tables.ts'

export interface Case {
  readonly name: string
  /** Runs a round, without and with a network of 1 ms. */
  readonly counts: readonly [loopback: number, network: number]
  /** Whom those read who serve one tenant only. */
  readonly fixed: number
  /** @param tenants how many take turns */
  run(contender: Contender, i: number, tenants: number): Promise<unknown>
}

/** How many tenants take turns in a case without a number of its own. */
export const USUAL_TENANTS = 100

export const BY_KEY: Case = {
  name: 'select by key',
  fixed: BIG_TENANT,
  counts: [600, 60],
  run: (contender, i, tenants) => {
    const { tenant, id } = keyOf(contender, i, tenants)
    return contender.statement(tenant, (db) => byKey(db, contender, tenant, id).execute())
  },
}

export const CASES: readonly Case[] = [
  BY_KEY,
  {
    name: 'select 100 rows',
    fixed: SMALL_TENANT,
    counts: [200, 40],
    run: (contender) =>
      contender.statement(SMALL_TENANT, (db) => ofTenant(db, contender, SMALL_TENANT).execute()),
  },
  {
    name: 'insert',
    fixed: BIG_TENANT,
    counts: [600, 60],
    // A contender with a scope leaves the tenant to the default of the column, which the server reads and plans.
    run: (contender) => insert(contender, !hasScope(contender)),
  },
  {
    name: 'insert that names its tenant',
    fixed: BIG_TENANT,
    counts: [600, 60],
    run: (contender) => insert(contender, true),
  },
  {
    name: 'transaction of 5 statements',
    fixed: BIG_TENANT,
    counts: [100, 10],
    run: (contender, i, tenants) => {
      const { tenant, id } = keyOf(contender, i, tenants)
      return contender.transaction(tenant, async (trx) => {
        for (let n = 0; n < 5; n++) await byKey(trx, contender, tenant, id).execute()
      })
    },
  },
  {
    name: `stream of ${STREAMED} rows`,
    fixed: BIG_TENANT,
    counts: [2, 2],
    run: (contender) =>
      contender.statement(BIG_TENANT, async (db) => {
        let rows = 0
        const query = ofTenant(db, contender, BIG_TENANT).limit(STREAMED)
        for await (const _ of query.stream(1000)) rows++
        if (rows !== STREAMED) throw new Error(`${contender.name} streamed ${rows} rows`)
      }),
  },
]

/** All into the same place: those who serve one tenant only can insert nowhere else. */
function insert(contender: Contender, namesTenant: boolean) {
  const row = { id: nextId(), title: 'New' }
  return contender.statement(BIG_TENANT, (db) =>
    db
      .insertInto(contender.table)
      .values(namesTenant ? { ...row, tenant_id: BIG_TENANT } : row)
      .execute(),
  )
}

function ofTenant(db: Kysely<Tables>, contender: Contender, tenant: number) {
  const query = db.selectFrom(contender.table).selectAll()
  return hasScope(contender) ? query : query.where('tenant_id', '=', tenant)
}

/** Only who has none has to say whose rows it means. */
function hasScope({ name }: Contender): boolean {
  return name.startsWith('kysely-tenants')
}

function byKey(db: Kysely<Tables>, contender: Contender, tenant: number, id: number) {
  return ofTenant(db, contender, tenant).where('id', '=', id)
}

/** A contender of one tenant reads as many different rows as one of all tenants. */
function keyOf({ isFixed }: Contender, i: number, tenants: number) {
  const turn = (i * 7919) % tenants
  const row = i % ROWS_PER_TENANT
  if (!isFixed) return { tenant: turn + 1, id: row + 1 }
  return { tenant: BIG_TENANT, id: ((turn * ROWS_PER_TENANT + row) % STREAMED) + 1 }
}

/** Where the ids begin that a process inserts: all share a table. */
export const FIRST_ID = 'BENCH_FIRST_ID'
let lastId = Number(process.env[FIRST_ID])

function nextId(): number {
  lastId++
  return lastId
}
