import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Generated, Kysely } from 'kysely'
import type { Tenancy } from 'kysely-tenants'
import type pg from 'pg'
import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from './apply-plan.ts'
import { blocksOf, modulesOf, readPage } from './page-blocks.ts'
import { createDatabase, loginUrl, roleName, type TestDatabase, withClient } from './postgres.ts'

/** What the first block of a page exports. */
interface Setup {
  readonly config: ConfigInput
  readonly tenancy: Tenancy
  readonly pool: pg.Pool
  readonly adminPool: pg.Pool
  readonly db: Kysely<RecipeTables>
}

/** As far as the tests use them; the database fills in the tenants. */
interface RecipeTables {
  tenants: { id: Generated<string>; hostname: string }
  memberships: { tenant_id: Generated<string>; user_id: string }
  projects: { id: Generated<string>; tenant_id: Generated<string>; title: string }
}

// biome-ignore lint/suspicious/noExplicitAny: the page declares them
export type Recipe = Record<string, any>

/** Heading → what the recipe of that section gives, and what it has to give. */
export type RecipeCases = Readonly<
  Record<string, (recipe: Recipe) => Promise<readonly [unknown, unknown]>>
>

export const A = 'acme'
export const B = 'globex'

export interface RecipeWorld extends TestDatabase, Setup {
  readonly appUrl: string
  /** The module of each section, by its file. */
  readonly modules: ReadonlyMap<string, Recipe>
  inA<T>(body: () => Promise<T>): Promise<T>
  inB<T>(body: () => Promise<T>): Promise<T>
  /** Adds the row of the tenant itself. */
  addTenant(tenant: string): Promise<void>
  /** A project of the scope, and its id. */
  add(title: string): Promise<string>
  /** The projects of all tenants with that beginning, in order: `tenant title`. */
  stored(beginning: string): Promise<string[]>
  /** Hostnames and members. */
  ofTenant(tenant: string): Promise<unknown>
}

/** The database that docs/recipes.md shows, secured as its config says, and its blocks, loaded. */
export async function createRecipeWorld(): Promise<RecipeWorld> {
  const text = readPage('docs/recipes.md')
  const database = await createDatabase()
  const [app, admin] = [roleName(database.url, 'app'), roleName(database.url, 'admin')]
  const [sql = ''] = blocksOf(text, 'sql')
  await withClient(database.url, (client) =>
    client.query(`create role ${app} login password 'secret';
      create role ${admin} login password 'secret'; ${sql}`),
  )
  const appUrl = loginUrl(database.url, app)
  process.env.APP_DATABASE_URL = appUrl
  process.env.ADMIN_DATABASE_URL = loginUrl(database.url, admin)
  const named = text.replaceAll('app_user', app).replaceAll('app_admin', admin)
  const { setup, modules } = await load(modulesOf(named))
  await applyPlan(database.url, setup.config)
  const work = workOf(setup)
  for (const tenant of [A, B]) await work.addTenant(tenant)
  return {
    ...database,
    ...setup,
    ...work,
    appUrl,
    modules,
    async drop() {
      await Promise.all([setup.pool.end(), setup.adminPool.end()])
      await database.drop()
    },
  }
}

async function load(
  files: Record<string, string>,
): Promise<{ setup: Setup; modules: Map<string, Recipe> }> {
  const folder = new URL('../../.cache/recipes/', import.meta.url)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, code] of Object.entries(files)) writeFileSync(new URL(name, folder), code)
  const modules = new Map<string, Recipe>()
  for (const name of Object.keys(files)) modules.set(name, await import(`${folder}${name}`))
  const setup = modules.get('setup.ts') as unknown as Setup
  modules.delete('setup.ts')
  return { setup, modules }
}

type Work = Pick<RecipeWorld, 'inA' | 'inB' | 'addTenant' | 'add' | 'stored' | 'ofTenant'>

function workOf({ db, tenancy }: Setup): Work {
  const asAdmin = <T>(body: () => Promise<T>) => tenancy.runAsAdmin(body, { reason: 'the test' })
  return {
    inA: (body) => tenancy.run(A, body),
    inB: (body) => tenancy.run(B, body),
    async addTenant(tenant) {
      const hostname = `${tenant}.example.com`
      await tenancy.run(tenant, () => db.insertInto('tenants').values({ hostname }).execute())
    },
    async add(title) {
      const project = db.insertInto('projects').values({ title }).returning('id')
      return (await project.executeTakeFirstOrThrow()).id
    },
    async stored(beginning) {
      const query = db.selectFrom('projects').select(['tenant_id', 'title'])
      const rows = await asAdmin(() => query.where('title', 'like', `${beginning}%`).execute())
      return rows.map(({ tenant_id, title }) => `${tenant_id} ${title}`).sort()
    },
    async ofTenant(tenant) {
      const tenants = db.selectFrom('tenants').select('hostname').where('id', '=', tenant)
      const members = db.selectFrom('memberships').select('user_id')
      return asAdmin(async () => ({
        tenants: (await tenants.execute()).map(({ hostname }) => hostname),
        memberships: (await members.where('tenant_id', '=', tenant).execute()).map(
          ({ user_id }) => user_id,
        ),
      }))
    },
  }
}
