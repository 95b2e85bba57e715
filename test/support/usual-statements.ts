import type pg from 'pg'
import { withRolesOf } from './correct-schema.ts'

const TENANT = '00000000-0000-4000-8000-00000000000a'
const OTHER = '00000000-0000-4000-8000-00000000000b'

/** Two tenants with the same number of rows in each tenant table of the correct schema. */
export const ROWS = [
  `insert into public.countries values ('nl')`,
  ...[TENANT, OTHER].flatMap((tenant, index) => [
    `insert into public.projects values ('${tenant}', ${index + 1}, 'project ${index}')`,
    `insert into public.tasks values ('${tenant}', ${index + 1}, ${index + 1})`,
    `insert into public.events values ('${tenant}', '2026-01-0${index + 1}')`,
    `insert into public.visits values ('${tenant}', '2026-01-0${index + 1}', '/')`,
    `insert into public.comments values ('${tenant}', ${index + 1}, 'text', false)`,
  ]),
].join(';\n')

/** By table: the statements that an application sends, the last one without naming a tenant. */
const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  projects: [
    `insert into public.projects (tenant_id, id, name) values ('${TENANT}', 7, 'new')`,
    'insert into public.projects (id, name) values (8, $$newer$$) returning id',
    'select * from public.projects',
    'select p.name, t.id from public.projects p join public.tasks t on t.project_id = p.id',
    'update public.projects set name = name || $$!$$',
    'delete from public.projects where id = 8',
  ],
  tasks: [
    'insert into public.tasks (id, project_id) values (7, 1) returning id',
    'select * from public.tasks',
    'update public.tasks set id = id + 10',
    'delete from public.tasks',
  ],
  events: [
    `insert into public.events (at) values ('2026-02-01') returning at`,
    'select * from public.events',
    `update public.events set at = at + interval '1 day'`,
    'delete from public.events',
  ],
  visits: [
    `insert into public.visits (at, path) values ('2026-02-01', '/new') returning at`,
    'select * from public.visits',
    `update public.visits set path = '/other'`,
    'delete from public.visits',
  ],
  comments: [
    'insert into public.comments (id, body) values (7, $$new$$) returning id',
    'select * from public.comments',
    'update public.comments set body = upper(body)',
    'delete from public.comments',
  ],
  countries: ['select * from public.countries'],
}

/**
 * The answers to the statements of the application in the scope of one tenant: the number of rows that each
 * reached, or its error. The last line of a table tells how many rows the admin sees.
 */
export async function usualStatements(
  client: pg.Client,
  database: string,
  more: readonly string[] = [],
): Promise<string[]> {
  const said: string[] = []
  for (const [table, statements] of [...Object.entries(STATEMENTS), ['more', more] as const]) {
    said.push(...(await asRole('app_user', statements)))
    if (table !== 'more') said.push(...(await asRole('app_admin', [`select from public.${table}`])))
  }
  return said

  async function asRole(role: string, statements: readonly string[]): Promise<string[]> {
    await client.query('savepoint as_role')
    await client.query(withRolesOf(database, `set local session authorization ${role}`))
    // Without set_config, which may be revoked.
    if (role === 'app_user') await client.query(`set local app.tenant_id = '${TENANT}'`)
    const answers: string[] = []
    for (const sql of statements) answers.push(`${role}: ${sql}: ${await answer(client, sql)}`)
    // Back to the superuser, without a tenant, and to the rows as they were.
    await client.query('rollback to as_role; release savepoint as_role')
    return answers
  }
}

async function answer(client: pg.Client, sql: string): Promise<string> {
  await client.query('savepoint statement')
  try {
    const { rowCount } = await client.query(sql)
    return `${rowCount}`
  } catch (error) {
    await client.query('rollback to statement')
    return String(error)
  }
}
