import { expect } from 'chai'
import type pg from 'pg'
import type { ConfigInput } from '../../src/config/config.ts'
import { type MigrationProject, withMigrations } from './migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from './postgres.ts'

export const [A, B] = [
  '00000000-0000-4000-8000-00000000000a',
  '00000000-0000-4000-8000-00000000000b',
]

const TABLES = `
  create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
  create table templates (tenant_id uuid, id int);
  create table comments (tenant_id uuid not null default '${A}', id int);
  insert into projects values ('${A}', 1), ('${B}', 2);
  insert into templates values ('${A}', 1), ('${B}', 2), (null, 3);
  insert into comments values ('${A}', 1), ('${B}', 2);
  create policy mine on comments using (id < 10);
  revoke create on schema public from public;`

interface Place {
  readonly url: string
  readonly app: string
  readonly config: ConfigInput & { readonly connection: string }
}

/** Runs `body` where a table of each `access` has rows of two tenants. */
export function withObservedTables(
  body: (project: MigrationProject, place: Place) => Promise<unknown>,
) {
  return withDatabase(async (url) => {
    const app = roleName(url, 'app')
    await withClient(url, (client) =>
      client.query(`${TABLES}
        create role ${app} login password 'secret';
        grant select, insert, update, delete on projects, templates, comments to ${app}`),
    )
    const config = {
      connection: url,
      roles: { app },
      tables: { projects: {}, templates: { shared: true }, comments: { access: 'boundary' } },
      audit: { levels: { 'server-rls-cve': 'off' } },
    } as const
    await withMigrations(config, (project) =>
      body(project, { url, app: loginUrl(url, app), config }),
    )
  })
}

export async function migrate(project: MigrationProject, ...argv: string[]): Promise<void> {
  const written = await project.run('migrate:rls', ...argv)
  expect(written.code, written.err).to.equal(0)
  const latest = await project.run('migrate:latest')
  expect(latest.code, latest.out + latest.err).to.equal(0)
}

interface Session {
  readonly client: pg.Client
  ids(table: string): Promise<number[]>
  /** The messages that the server logged since the last call. */
  logged(): string[]
}

/** Runs `body` in a session of the application that receives what the server logs. */
export function asApp(app: string, body: (session: Session) => Promise<unknown>): Promise<unknown> {
  return withClient(app, async (client) => {
    const lines: string[] = []
    client.on('notice', ({ severity, message }) => {
      if (severity === 'LOG') lines.push(message ?? '')
    })
    await client.query(`set client_min_messages = log; set application_name = 'invoices'`)
    return body({
      client,
      ids: async (table) => {
        const { rows } = await client.query<{ id: number }>(`select id from ${table} order by id`)
        return rows.map(({ id }) => id)
      },
      logged: () => lines.splice(0),
    })
  })
}

/** The SQLSTATE of a statement, or `none` when it succeeds. */
export function refused(client: pg.Client, text: string): Promise<string> {
  return client.query(text).then(
    () => 'none',
    ({ code }: { code: string }) => code,
  )
}
