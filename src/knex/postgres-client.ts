import type knexPackage from 'knex'
import { configInvalid } from '../errors/application.ts'
import type { KnexClient, KnexClientClass } from './knex-shapes.ts'

const classes = new WeakMap<typeof knexPackage, KnexClientClass>()

/**
 * The client class for PostgreSQL of this copy of Knex, by its public interface.
 *
 * @throws `CONFIG.INVALID` for what is no Knex, or one before 2.5
 */
export function postgresClient(knex: typeof knexPackage): KnexClientClass {
  const known = classes.get(knex)
  if (known) return known
  const client = clientOf(knex)
  // Knex does not tell its version: 2.5 brought `updateFrom`.
  if (!client || !('updateFrom' in client.queryBuilder())) {
    throw configInvalid(['tenantClient.knex: expected the default export of Knex 2.5 to 3'])
  }
  const created = client.constructor as KnexClientClass
  classes.set(knex, created)
  return created
}

function clientOf(knex: typeof knexPackage): KnexClient | undefined {
  if (typeof knex !== 'function') return undefined
  return knex({ client: 'pg' }).client
}
