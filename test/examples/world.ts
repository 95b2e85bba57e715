import { readFileSync } from 'node:fs'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'

const SCHEMA = new URL('../../examples/shared/schema.sql', import.meta.url)

export const TENANTS = Array.from({ length: 20 }, (_, i) => `tenant-${i}`)

/** The database of the examples; the user of each tenant is named after it. */
export interface ExampleWorld extends TestDatabase {
  readonly appUrl: string
}

export async function createExampleWorld(): Promise<ExampleWorld> {
  const database = await createDatabase()
  const app = roleName(database.url, 'app')
  const schema = readFileSync(SCHEMA, 'utf8').replaceAll('app_user', app)
  const members = TENANTS.map((tenant) => `('user of ${tenant}', '${tenant}')`).join(', ')
  await withClient(database.url, (client) =>
    client.query(`create role ${app} login password 'secret';
      ${schema}
      insert into memberships values ${members};`),
  )
  return { ...database, appUrl: loginUrl(database.url, app) }
}
