import { isDeepStrictEqual } from 'node:util'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { isTenancyError } from '../../src/index.ts'
import { build } from './build.ts'
import type { Statement } from './description.ts'
import type { Db } from './select.ts'
import { type FuzzWorld, TENANT } from './world.ts'

/** The rows that a statement gives, of a merge those of its table behind it, in no order; or its error. */
interface Outcome {
  readonly rows?: readonly string[]
  readonly error?: string
}

/** How often a statement failed, and how often it gave rows. */
export interface Tally {
  statements: number
  errors: number
  withRows: number
  /** Those whose predicates alone decide which rows they see. */
  covered: number
}

/**
 * Runs a statement under row security without and with the predicate, on the rows of the tenant alone, and
 * with the predicate where there is no row security. All give the same.
 *
 * @throws an error with the SQL and the outcomes where they differ
 */
export async function compare(world: FuzzWorld, statement: Statement, tally: Tally): Promise<void> {
  const { plain, predicate } = world.app
  const isCovered = coversAll(statement)
  const open = isCovered ? 'open' : 'alone'
  const compile = (db: Db) =>
    world.tenancy.run(TENANT, () => build(db, 'secured', statement).compile())
  const queries = { plain: compile(plain), predicate: compile(predicate) }
  const [alone, predicted] = await ofOwner(world, statement, [
    textIn('alone', queries.plain),
    textIn(open, queries.predicate),
  ])
  const outcomes = {
    'row security': await ofApp(world, plain, statement, queries.plain),
    'row security and predicate': await ofApp(world, predicate, statement, queries.predicate),
    'no other tenant': alone,
    [`predicate on ${open}`]: predicted,
  }
  tally.statements++
  if (alone?.error) tally.errors++
  if (alone?.rows?.length) tally.withRows++
  if (isCovered) tally.covered++
  if (Object.values(outcomes).every((outcome) => isDeepStrictEqual(outcome, alone))) return
  const shown = Object.entries(outcomes).map(
    ([name, outcome]) => `${name}: ${JSON.stringify(outcome)}`,
  )
  throw new Error([...shown, queries.plain.sql, queries.predicate.sql].join('\n'))
}

function ofApp(
  { tenancy }: FuzzWorld,
  db: Db,
  statement: Statement,
  query: CompiledQuery,
): Promise<Outcome> {
  return tenancy.run(TENANT, async () => {
    if (statement.kind === 'select') {
      return outcomeOf(async () => ({ rows: sorted((await db.executeQuery(query)).rows) }))
    }
    const trx = await db.startTransaction().execute()
    try {
      return await outcomeOf(async () => {
        const { rows } = await trx.executeQuery(query)
        if (statement.kind !== 'merge') return { rows: sorted(rows) }
        return { rows: sorted(await trx.selectFrom(statement.table).select(COLUMNS).execute()) }
      })
    } finally {
      await trx.rollback().execute()
    }
  })
}

const COLUMNS = ['id', 'ref', 'title'] as const

/** The statements in one round trip, or one by one where one of them fails. */
async function ofOwner(
  world: FuzzWorld,
  statement: Statement,
  texts: readonly string[],
): Promise<readonly Outcome[]> {
  const { owner } = world
  const read = readOf(statement)
  try {
    const results = await owner.query(
      texts.map((text) => `begin; ${text}; ${read}; rollback`).join(';'),
    )
    const lists = results as unknown as pg.QueryResult[]
    const perText = lists.length / texts.length
    return texts.map((_, index) => {
      // Behind `begin` and `set`; a merge is followed by a read.
      const position = index * perText + (statement.kind === 'merge' ? 3 : 2)
      return { rows: sorted(lists[position]?.rows ?? []) }
    })
  } catch (error) {
    await owner.query('rollback')
    if (texts.length === 1) return [{ error: codeOf(error) }]
    const outcomes: Outcome[] = []
    for (const text of texts) outcomes.push(...(await ofOwner(world, statement, [text])))
    return outcomes
  }
}

/** A merge returns no rows before PostgreSQL 17. */
function readOf(statement: Statement): string {
  if (statement.kind !== 'merge') return ''
  const { table } = statement
  const column = table === 'tasks' ? 'org_id' : 'tenant_id'
  return `select ${COLUMNS.join(', ')} from ${table} where ${column} = '${TENANT}'`
}

async function outcomeOf(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run()
  } catch (error) {
    return { error: codeOf(error) }
  }
}

/** Which row of a write fails first depends on the plan; a merge checks policies before it counts. */
function codeOf(error: unknown): string {
  const code = error instanceof pg.DatabaseError || isTenancyError(error) ? error.code : undefined
  if (code === undefined) throw error
  return /^2[13]|^TENANT.VIOLATION$/.test(code) ? 'a row' : code
}

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}

/** With the parameters in the text, so that several statements make one round trip. */
function textIn(schema: string, { sql, parameters }: CompiledQuery): string {
  const text = sql.replace(/\$(\d+)/g, (_, index) => {
    const value = parameters[Number(index) - 1]
    return value === null ? 'null' : pg.escapeLiteral(String(value))
  })
  return `set local search_path = ${schema}; ${text.replaceAll('"secured".', `"${schema}".`)}`
}

/**
 * Do the predicates of the plugin alone keep the rows of other tenants out? Not of a view, of what stands
 * on the outer side of a join, and of a merge, whose unmatched rows are rows of the source.
 */
function coversAll(statement: Statement): boolean {
  if (statement.kind === 'merge') return false
  const text = JSON.stringify(statement)
  return !/"kind":"(?:right|full)"|"open_tasks"/.test(text)
}
