import type { PgConnection, PgSubmittable } from './pg-client.ts'

/** The parts of pg-cursor that the runtime stands on. */
export interface PgCursor extends PgSubmittable {
  readonly text: string
  name?: string | undefined
  values: unknown
  state: string
  callback?: () => void
  submit(connection: PgConnection): unknown
  handleDataRow(message: { fields: (string | null)[] }): void
  handleCommandComplete(message: unknown, connection: PgConnection): void
  handleError(error: unknown): void
  /** Promises, for the cursors of Kysely; pg-query-stream gives a callback. */
  read(rows: number, done?: Done<unknown[]>): Promise<unknown[]>
  close(done?: Done<void>): Promise<void>
}

type Done<T> = (error: unknown, value?: T) => void

/** Calls `done` where there is one, as pg-cursor does; it never sees the promise, so that may not reject. */
export function told<T>(promise: Promise<T>, done: Done<T> | undefined): Promise<T> {
  if (!done) return promise
  promise.then((value) => done(undefined, value), done)
  return promise.catch(() => undefined as T)
}
