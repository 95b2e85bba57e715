import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import type { ChaosProxy } from './chaos-proxy.ts'
import type { Operation } from './operation.ts'
import type { Oracle, Row } from './oracle.ts'
import type { SoakWorld, Tables } from './soak-world.ts'
import type { Subject } from './subject.ts'

/** What an operation works with. */
export interface Stage {
  readonly subject: Subject
  readonly world: SoakWorld
  readonly proxy: ChaosProxy
  /** Of a superuser, not through the proxy. */
  readonly admin: pg.Pool
  readonly oracle: Oracle
  readonly kept: KeptHandle[]
}

/** What somebody holds on to after its scope. */
export interface KeptHandle {
  readonly db: Kysely<Tables>
  readonly tenant: string
}

/** All that an operation needs where nothing goes wrong. */
export type CalmStage = Pick<Stage, 'subject' | 'oracle'>

export type Act<S = Stage> = (stage: S, operation: Operation) => Promise<void>

const FIRST_WRITTEN_ID = 1000

/** The id of a row that an operation writes; it has two at most. */
export function idOf({ index }: Operation, nth: 0 | 1 = 0): number {
  return FIRST_WRITTEN_ID + 2 * index + nth
}

export async function insert(db: Kysely<Tables>, id: number, tenant: string): Promise<void> {
  // Whose row it becomes is the database's to say: that is what is tested.
  await sql`insert into projects (id, meant_for) values (${id}, ${tenant})`.execute(db)
}

export function read(db: Kysely<Tables>): Promise<Row[]> {
  return db.selectFrom('projects').selectAll().execute()
}

/** Waits for the error that must come, and hands on every other one. */
export async function expectFailure(
  { oracle }: CalmStage,
  promise: Promise<unknown>,
  isExpected: (error: { code?: string; message?: string }) => boolean,
): Promise<void> {
  try {
    await promise
  } catch (error) {
    if (isExpected(error as Error)) return
    throw error
  }
  oracle.note('error swallowed', isExpected.toString())
}
