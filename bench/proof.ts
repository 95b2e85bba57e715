import { existsSync, readFileSync } from 'node:fs'
import { Kysely, sql } from 'kysely'
import { createTenancy, TenantDialect } from 'kysely-tenants'
import pg from 'pg'
import { median } from './measure.ts'
import type { Tables } from './tables.ts'

const STATEMENTS = 400

/** CPU of the server for a select by key, in µs. */
export interface ProofCost {
  /** As the first statement of a lease, which proves that the session is clean. */
  readonly first: number
  /** What the proof adds to it: the median of the differences within a round. */
  readonly proof: number
}

/**
 * The select by key as the first statement of a lease, and as a later one, which does not ask.
 *
 * @returns undefined where the system does not tell the CPU of a process to the microsecond
 */
export async function measureProof(
  connectionString: string,
  rounds: number,
): Promise<ProofCost | undefined> {
  if (!existsSync('/proc/self/schedstat')) return undefined
  const tenancy = createTenancy({ tables: ['projects'] })
  const pool = new pg.Pool({ connectionString, max: 1 })
  const db = new Kysely<Tables>({ dialect: new TenantDialect({ tenancy, pool }) })
  const read = (on: Kysely<Tables>) =>
    on.selectFrom('projects').select('title').where('id', '=', 3).executeTakeFirst()
  const many = async (body: () => Promise<unknown>) => {
    for (let i = 0; i < STATEMENTS; i++) await body()
  }
  try {
    return await tenancy.run(1, async () => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
      const pid = rows[0]?.pid ?? 0
      const first = () => cost(pid, () => many(() => read(db)))
      const later = () =>
        db.connection().execute(async (own) => {
          await read(own)
          return cost(pid, () => many(() => read(own)))
        })
      const measured: { first: number; proof: number }[] = []
      for (let round = 0; round < rounds + 1; round++) {
        const [apart, together] = [await first(), await later()]
        // The first round prepares.
        if (round > 0) measured.push({ first: apart, proof: apart - together })
      }
      return {
        first: median(measured.map((round) => round.first)),
        proof: median(measured.map((round) => round.proof)),
      }
    })
  } finally {
    await db.destroy()
  }
}

async function cost(pid: number, body: () => Promise<void>): Promise<number> {
  const before = cpu(pid)
  await body()
  return (cpu(pid) - before) / STATEMENTS
}

/** CPU of a process, in µs. https://docs.kernel.org/scheduler/sched-stats.html */
function cpu(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
}
