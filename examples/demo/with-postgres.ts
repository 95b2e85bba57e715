import { readFileSync } from 'node:fs'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../test/support/embedded-postgres.ts'

/** The same database, seen by its three logins. */
export interface Logins {
  readonly owner: string
  readonly app: string
  readonly admin: string
}

/** Runs `body` beside a PostgreSQL of its own, which ends and leaves no data whatever happens. */
export async function withPostgres(body: (logins: Logins) => Promise<void>): Promise<void> {
  const server = await startEmbeddedPostgres()
  try {
    await load(server.url, 'logins.sql')
    const login = (name: string) => {
      const url = new URL(server.url)
      url.username = `crm_${name}`
      url.password = name
      url.pathname = '/crm'
      return url.href
    }
    await load(login('owner'), 'schema.sql')
    await load(login('owner'), 'data.sql')
    await body({ owner: login('owner'), app: login('app'), admin: login('admin') })
  } finally {
    await server.stop()
  }
}

/** Sends one statement after the other: `create database` refuses company. */
async function load(url: string, file: string): Promise<void> {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  for (const statement of text.split(/;\n/)) await execute(url, statement)
}

export async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
