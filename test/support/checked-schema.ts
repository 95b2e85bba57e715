import type pg from 'pg'
import { relationNamed } from '../../src/catalog/find-relation.ts'
import type { Snapshot } from '../../src/catalog/snapshot.ts'
import type { Check, Finding } from '../../src/checks/check.ts'
import { CHECKS } from '../../src/checks/registry.ts'
import type { Config } from '../../src/config/config.ts'
import { plan } from '../../src/migration/plan.ts'
import { identifier } from '../../src/sql/quote.ts'
import { resolveWanted } from '../../src/wanted/resolve-wanted.ts'
import { checkContext, createCorrectSchema, withRolesOf } from './correct-schema.ts'
import { ROWS, usualStatements } from './usual-statements.ts'

/** No SQL changes which release the server is: see test/unit/checks/server-rls-cve.test.ts. */
export const MADE_BY_SQL: readonly Check[] = CHECKS.filter(
  ({ broken }) => !broken.startsWith('-- '),
)

/** The objects of these findings belong to the owner of the tables, and their fixes change more. */
const NEEDS_SUPERUSER: readonly string[] = [
  'app-role-owns-table',
  'extension-owned-table',
  'fk-trigger-disabled',
]

/**
 * A correct schema with rows, in a transaction that is never committed: roles belong to the server, and end
 * with it too.
 */
export class CheckedSchema {
  readonly client: pg.Client
  readonly config: Config
  readonly #roles: string
  #seen: Snapshot | undefined

  private constructor(client: pg.Client, roles: string, config: Config) {
    this.client = client
    this.config = config
    this.#roles = roles
  }

  /** @param database its name begins those of the roles */
  static async create(client: pg.Client, database: string): Promise<CheckedSchema> {
    await client.query('begin')
    const config = await createCorrectSchema(client, database)
    await client.query(ROWS)
    return new CheckedSchema(client, database, config)
  }

  /** Runs `body`, and takes back all that it did. */
  async apart(body: () => Promise<unknown>): Promise<void> {
    await this.client.query('savepoint apart')
    try {
      await body()
    } finally {
      await this.client.query('rollback to apart; release savepoint apart')
    }
  }

  run(sql: string): Promise<pg.QueryResult> {
    return this.client.query(withRolesOf(this.#roles, sql))
  }

  /** Of the last {@link findings}. */
  get snapshot(): Snapshot {
    if (!this.#seen) throw new Error('findings() comes first')
    return this.#seen
  }

  /** @param optIn hardening that most databases do without is judged only when it is asked for */
  async findings(optIn?: string): Promise<Finding[]> {
    const context = await checkContext(this.client, this.config)
    this.#seen = context.snapshot
    const { serverVersion } = context.snapshot
    return MADE_BY_SQL.filter(
      ({ id, isOptIn, since = 0 }) => (!isOptIn || id === optIn) && since <= serverVersion,
    ).flatMap(({ detect }) => detect(context))
  }

  /**
   * Runs the printed fixes, each twice, as the owner of the object that the finding names. A superuser runs
   * those of roles, settings and the triggers of PostgreSQL itself.
   */
  async runFixes(findings: readonly Finding[]): Promise<void> {
    const { snapshot } = this
    for (const { check, object, fix } of findings) {
      if (!isAutomatic(fix)) continue
      const fn = snapshot.functions.find(({ signature }) => signature === object)
      const owner = (relationNamed(object, snapshot) ?? fn)?.owner
      const isOwn = owner !== undefined && !NEEDS_SUPERUSER.includes(check)
      if (isOwn) await this.client.query(`set local role ${identifier(owner)}`)
      await this.client.query(fix)
      await this.client.query(fix)
      await this.client.query('reset role')
    }
  }

  /** The statements that `migrate:rls` would write, with the database as the last {@link findings} saw it. */
  migration(): string[] {
    const { snapshot } = this
    return plan(resolveWanted(this.config, snapshot), snapshot).flatMap(({ steps }) =>
      steps.map(({ up }) => up),
    )
  }

  usualStatements(...more: readonly string[]): Promise<string[]> {
    return usualStatements(this.client, this.#roles, more)
  }
}

/** Otherwise it is made of comments, and the choice is left to the user. */
export function isAutomatic(fix: string): boolean {
  return !fix.startsWith('-- ')
}
