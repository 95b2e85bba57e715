import type { Knex } from 'knex'

/** A way to use Knex; its result, or its error, is the same with and without a tenant. */
export type Behaviour = (db: Knex) => unknown

export const projects = (db: Knex) => db('projects')

export const row = (id: number, title = 'x') => ({ id, title })

/** The rows that a behaviour has written. */
export const written = (db: Knex) =>
  projects(db).where('id', '>', 99).orderBy('id').select('id', 'title', 'tenant_id')

/** The error as a value: a behaviour may go on after it. */
export async function told(run: () => unknown): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string }
    return { name, message, code }
  }
}
