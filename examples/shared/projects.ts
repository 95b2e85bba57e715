import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { tenancy } from './database.ts'

// No function of this file knows a tenant: the scope of the request is theirs.

export type Project = { id: string; tenant_id: string; title: string }

export function listProjects(db: Kysely<Database>): Promise<Project[]> {
  return db.selectFrom('projects').selectAll().orderBy('id', 'desc').limit(20).execute()
}

/** Two rows or none. */
export function addPair(db: Kysely<Database>, title: string): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await trx.insertInto('projects').values({ title }).execute()
    if (title.startsWith('fail')) throw new Error('the handler has failed midway')
    await trx.insertInto('projects').values({ title }).execute()
  })
}

/**
 * The lines of a body that is streamed. It is read when the handler has returned, in the context of the
 * socket: so it gets a handle, which needs no scope.
 */
export async function* exportProjects(
  db: Kysely<Database>,
  tenant: string,
): AsyncGenerator<string> {
  const handle = tenancy.forTenant(db, tenant, { detached: true })
  const rows = handle.selectFrom('projects').selectAll().orderBy('id').stream(50)
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

/** For a `Response`; a client that goes away ends the query. */
export function webBody(rows: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await rows.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await rows.return(undefined)
    },
  })
}

/** Stores each line of an upload while it arrives; all of them or none. */
export function importProjects(
  db: Kysely<Database>,
  body: AsyncIterable<Uint8Array | string>,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    let count = 0
    for await (const title of lines(body)) {
      await trx.insertInto('projects').values({ title }).execute()
      count++
    }
    return count
  })
}

export async function* lines(body: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const complete = rest.split('\n')
    rest = complete.pop() ?? ''
    yield* complete
  }
  if (rest !== '') yield rest
}
