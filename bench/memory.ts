import { Kysely, sql } from 'kysely'
import { createTenancy, TenantDialect } from 'kysely-tenants'
import pg from 'pg'
import type { Tables } from './tables.ts'

const SOME_TEXTS = 300
const MANY_TEXTS = 10_000

/** Memory in kB behind some distinct texts, and behind many: those with a name are as many in both. */
export interface TextMemory {
  readonly texts: number
  /** Of the backend. */
  readonly server: number
  /** Of the heap of this process; `npm run bench` lets it collect before. */
  readonly client: number
}

/** Each text runs twice, so that it gets a name, on one connection. */
export async function measureMemory(connectionString: string): Promise<TextMemory[]> {
  const tenancy = createTenancy({ tables: ['projects'] })
  const pool = new pg.Pool({ connectionString, max: 1 })
  const db = new Kysely<Tables>({ dialect: new TenantDialect({ tenancy, pool }) })
  try {
    return await tenancy.run(1, async () => {
      const found: TextMemory[] = []
      let ran = 0
      for (const texts of [SOME_TEXTS, MANY_TEXTS]) {
        for (; ran < texts; ran++) {
          const text = sql`select title from projects where id = ${sql.lit(ran)}`
          for (let times = 0; times < 2; times++) await text.execute(db)
        }
        found.push({ texts, server: await backendMemory(db), client: heap() })
      }
      return found
    })
  } finally {
    await db.destroy()
  }
}

async function backendMemory(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select sum(used_bytes)::int as bytes from pg_get_backend_memory_contexts()`.execute(db)
  return Math.round((rows[0]?.bytes ?? 0) / 1024)
}

function heap(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 1024)
}
