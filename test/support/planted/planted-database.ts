import pg from 'pg'
import { type AuditReport, audit } from '../../../src/audit/audit.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { applyPlan } from '../apply-plan.ts'
import { CORRECT_SCHEMA, correctConfig, withRolesOf } from '../correct-schema.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from '../postgres.ts'
import type { PlantedCase } from './planted-case.ts'

const A = 'aaaaaaaa-0000-4000-8000-000000000001'
const B = 'bbbbbbbb-0000-4000-8000-000000000002'

const ROWS = `
  insert into projects values ('${A}', 1, 'alpha'), ('${B}', 2, 'SECRET-B');
  insert into tasks values ('${A}', 1, 1), ('${B}', 2, 2);
  insert into events values ('${A}', now()), ('${B}', now());
  insert into visits values ('${A}', '2026-02-02', '/a'), ('${B}', '2026-02-02', 'SECRET-B');
  insert into comments values ('${A}', 1, 'mine', false), ('${B}', 2, 'SECRET-B', false);
  insert into countries values ('fr'), ('de');`

export interface Planted {
  readonly report: AuditReport
  /** Everything that the login was told: rows, errors, notifications. */
  readonly answers: string
  /** The answer of a superuser to `question`, afterwards. */
  readonly isDone: boolean
}

/** Sets up a case in a database of its own, audits it, and runs its proof with the login of the application. */
export async function plant(planted: PlantedCase, question?: string): Promise<Planted> {
  return inPlantedDatabase([planted], '', ({ report, prove }) =>
    prove(planted, question).then((proof) => ({ report, ...proof })),
  )
}

export type Proof = Omit<Planted, 'report'>

interface PlantedDatabase {
  readonly report: AuditReport
  prove(planted: PlantedCase, question?: string): Promise<Proof>
}

/** Sets up cases that do not meet in one database, audits it once, and lets `body` prove each. */
export async function inPlantedDatabase<T>(
  cases: readonly PlantedCase[],
  before: string,
  body: (planted: PlantedDatabase) => Promise<T>,
): Promise<T> {
  const database = await createDatabase()
  try {
    const text = (sql: string) => named(sql, database)
    const asSuperuser = (sql: string) => withClient(database.url, (c) => c.query(text(sql)))
    const wanted = correctConfig(database.name)
    await asSuperuser(CORRECT_SCHEMA)
    await applyPlan(database.url, wanted)
    await asSuperuser(`${ROWS} ${before}`)
    for (const { setup } of cases) await asSuperuser(setup)
    const report = await withClient(database.url, (client) => audit(client, merged(wanted, cases)))
    const login = loginUrl(database.url, text('app_user'))
    return await body({
      report,
      prove: async ({ proof, meanwhile, isWithoutTenant = false }, question) => {
        const answers = await withClient(login, (client) =>
          run(client, proof.map(text), isWithoutTenant, async () => {
            if (meanwhile !== undefined) await asSuperuser(meanwhile)
          }),
        )
        const asked = question && (await asSuperuser(question)).rows[0]
        return { answers, isDone: asked?.done === true }
      },
    })
  } finally {
    await database.drop()
  }
}

function merged(wanted: ConfigInput, cases: readonly PlantedCase[]): ConfigInput {
  const configs = cases.flatMap(({ config = [] }) => config)
  const [only] = cases
  const tables = Object.fromEntries(
    [wanted, ...configs].flatMap((config) => Object.entries(config.tables ?? {})),
  )
  const global = [...(wanted.global ?? []), ...configs.flatMap((config) => config.global ?? [])]
  const own = cases.length === 1 ? only?.config : {}
  return { ...wanted, ...own, tables, global: own?.global ?? [...new Set(global)] }
}

/** The words of a report without the name of its database, which its roles carry. */
export function withoutNames(text: string): string {
  return text.replaceAll(/kt_[0-9a-f]{10}_/g, '')
}

/** `@name` is a role of the case, `@@` the database, PORT that of the server. */
function named(sql: string, { name, url }: TestDatabase): string {
  const port = new URL(url).port
  return withRolesOf(name, sql)
    .replaceAll('@@', name)
    .replaceAll(/@(\w+)/g, `${name}_$1`)
    .replaceAll('PORT', port)
}

async function run(
  client: pg.Client,
  proof: readonly string[],
  isWithoutTenant: boolean,
  meanwhile: () => Promise<void>,
): Promise<string> {
  const answers: string[] = []
  client.on('notification', ({ payload }) => answers.push(payload ?? ''))
  if (!isWithoutTenant) await client.query(`select set_config('app.tenant_id', '${A}', false)`)
  for (const statement of proof) {
    const answer = await client.query(statement).catch((error: pg.DatabaseError) => error)
    answers.push(
      answer instanceof pg.DatabaseError
        ? [answer.message, answer.detail].join(' ')
        : [answer]
            .flat()
            .map((result) => JSON.stringify(result.rows))
            .join(' '),
    )
  }
  await meanwhile()
  await client.query('select 1')
  return answers.join('\n')
}
