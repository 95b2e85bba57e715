import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import type { ChaosProxy } from './chaos-proxy.ts'
import type { Operation } from './operation.ts'
import type { Oracle, Row } from './oracle.ts'
import type { SoakWorld, Tables } from './soak-world.ts'
import type { Subject } from './subject.ts'

/** The surroundings of an operation. */
export interface Stage {
  readonly subject: Subject
  readonly world: SoakWorld
  readonly proxy: ChaosProxy
  /** Of a superuser, not through the proxy. */
  readonly admin: pg.Pool
  readonly oracle: Oracle
  readonly kept: KeptHandle[]
}

/** A handle that is kept after its scope. */
export interface KeptHandle {
  readonly db: Kysely<Tables>
  readonly tenant: string
}

/** All that an operation without faults needs. */
export type CalmStage = Pick<Stage, 'subject' | 'oracle'>

export type Act<S = Stage> = (stage: S, operation: Operation) => Promise<void>

const FIRST_WRITTEN_ID = 1000

/** The id of a row that an operation writes; it has two at most. */
export function idOf({ index }: Operation, nth: 0 | 1 = 0): number {
  return FIRST_WRITTEN_ID + 2 * index + nth
}

export async function insert(db: Kysely<Tables>, id: number, tenant: string): Promise<void> {
  // The database decides whose row it becomes: that is under test.
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
