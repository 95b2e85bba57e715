import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Kysely, type KyselyConfig, PostgresDialect, type PostgresDialectConfig } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { createTenancy, isTenancyError, TenantDialect, TenantPlugin } from '../../src/index.ts'
import { STRATEGIES, type StrategyName, strategyOptions } from './strategies.ts'
import { A, createWorld, type Tables, type TenantWorld } from './tenants.ts'

type Options = Pick<Partial<KyselyConfig>, 'log' | 'plugins'> &
  Pick<PostgresDialectConfig, 'cursor'>

/** Plain Kysely, whose session has the tenant, or a strategy in the scope of the tenant. */
export interface Contractor {
  /** Undefined for plain Kysely. */
  readonly strategy: StrategyName | undefined
  readonly db: Kysely<Tables>
  /** Another Kysely over the same pool. */
  open(options: Options): Kysely<Tables>
}

/** One promise of Kysely: the body returns what a user sees of it. */
export interface Clause {
  readonly body: (contractor: Contractor) => Promise<unknown>
  /** The loaded Kysely has not made the promise yet. */
  readonly isLater?: boolean
  /** Where it is kept otherwise, and the row of docs/runtime.md that says so. */
  readonly differs?: {
    readonly row: string
    readonly as: unknown
    readonly only?: readonly StrategyName[]
  }
}

const PAGE = readFileSync(new URL('../../docs/runtime.md', import.meta.url), 'utf8')

/** Runs each body on plain Kysely and with each strategy: all give the same, or the difference that is named. */
export function describeContract(title: string, clauses: Readonly<Record<string, Clause>>): void {
  describe(title, () => {
    let world: TenantWorld
    let owner: pg.Client
    const contractors = new Map<StrategyName | 'plain', Party>()
    before(async () => {
      world = await createWorld()
      owner = new pg.Client({ connectionString: world.url })
      await owner.connect()
      contractors.set('plain', plain(world))
      for (const strategy of STRATEGIES) contractors.set(strategy, ours(world, strategy))
    })
    after(async () => {
      await Promise.all([owner.end(), ...[...contractors.values()].map(({ pool }) => pool.end())])
      await world.drop()
    })

    for (const [promise, { body, isLater, differs }] of Object.entries(clauses)) {
      if (isLater) continue
      it(promise, async () => {
        if (differs) expect(PAGE).to.include(`\n| ${differs.row} |`)
        const seen: Record<string, unknown> = {}
        for (const [name, contractor] of contractors) {
          await owner.query(ROWS)
          seen[name] = await outcome(() => contractor.inScope(() => body(contractor)))
        }
        const expected = (name: StrategyName) =>
          differs && (differs.only?.includes(name) ?? true) ? { value: differs.as } : seen.plain
        const wanted = Object.fromEntries(STRATEGIES.map((name) => [name, expected(name)]))
        expect(seen).to.deep.equal({ plain: seen.plain, ...wanted })
        if (differs) expect({ value: differs.as }).to.not.deep.equal(seen.plain)
      })
    }
  })
}

interface Party extends Contractor {
  readonly pool: pg.Pool
  inScope(body: () => Promise<unknown>): Promise<unknown>
}

const ROWS = `
  delete from projects;
  insert into projects (tenant_id, id, title) values
    ('${A}', 1, 'a one'), ('${A}', 2, 'a two'), ('tenant-b', 1, 'b one')`

function plain(world: TenantWorld): Party {
  const options = `-c app.tenant_id=${A}`
  const pool = new pg.Pool({ connectionString: world.appUrl, options, max: 2 })
  // Without a listener the death of a client that is checked out ends the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const open = ({ cursor = Cursor, log, plugins = [] }: Options = {}) =>
    new Kysely<Tables>({
      dialect: new PostgresDialect({ pool, cursor }),
      plugins,
      ...(log && { log }),
    })
  return { strategy: undefined, pool, db: open(), open, inScope: (body) => body() }
}

function ours(world: TenantWorld, strategy: StrategyName): Party {
  const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
  const pool = new pg.Pool({ connectionString: world.appUrl, max: 2 })
  pool.on('error', () => undefined)
  const open = ({ log, plugins = [], cursor = Cursor }: Options = {}) => {
    const dialect = new TenantDialect({
      tenancy,
      pool,
      cursor,
      ...strategyOptions(strategy),
    })
    const all = [...plugins, new TenantPlugin({ tenancy })]
    return new Kysely<Tables>({ dialect, plugins: all, ...(log && { log }) })
  }
  return { strategy, pool, db: open(), open, inScope: (body) => tenancy.run(A, body) }
}

async function outcome(body: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await body() }
  } catch (error) {
    return { threw: told(error) }
  }
}

/** What an error tells a user; of one of ours, the code. */
export function told(error: unknown): object {
  if (isTenancyError(error)) return { code: error.code }
  const { name, message, code } = error as Error & { code?: string }
  return { name, message, code }
}

/** The error of a promise, or its value where it has none. */
export function tells(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then((value) => ({ value }), told)
}

export async function titles(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('projects').select('title').orderBy('id').execute()
  return rows.map(({ title }) => title)
}
