import type { Knex } from 'knex'

declare const TENANT: unique symbol

/**
 * A Knex that is bound to one tenant: what a function demands that must not run on a plain instance. The
 * brand exists for the compiler only.
 *
 * @example
 * ```ts
 * const listProjects = (db: TenantKnex) => db('projects').select('name')
 *
 * await listProjects(forTenant(db, 'acme'))
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: the defaults are those of `Knex`
export type TenantKnex<Row extends NonNullable<unknown> = any, Result = any[]> = Knex<
  Row,
  Result
> & {
  readonly [TENANT]: true
}
