import { drizzle } from 'drizzle-orm/node-postgres'
import { sql } from 'kysely'
import pg from 'pg'
import { A, B, type RecipeCases, type RecipeWorld } from '../recipe-world.ts'

/** Heading → the recipe about rows, logins and tests, run. */
export function rowCases(world: RecipeWorld): RecipeCases {
  const { add, db, inA, inB, stored, tenancy } = world
  return {
    'Many rows at once': async ({ insertAll }) => {
      const titles = Array.from({ length: 1000 }, (_, n) => `bulk ${n}`)
      const count = await tenancy.run('streams', () => insertAll([...titles, 'bulk 0']))
      const again = await tenancy.run('streams', () => insertAll(titles.slice(0, 3)))
      return [
        [count, again],
        [1000n, 0n],
      ]
    },
    'Unique for each tenant, and upserts': async ({ upsert }) => {
      const once = (): Promise<{ id: string }> => upsert('unique')
      const first = await inA(once)
      const [second, other] = [await inA(once), await inB(once)]
      return [
        [second, other.id === first.id, await stored('unique')],
        [first, false, [`${A} unique`, `${B} unique`]],
      ]
    },
    'Soft delete': async ({ liveProjects, softDelete }) => {
      await inB(() => add('soft'))
      await inA(async () => {
        await add('soft')
        await softDelete('soft')
        await add('soft')
        await softDelete('soft')
      })
      const live = (scope: typeof inA) =>
        scope(() => liveProjects().select('title').where('title', '=', 'soft').execute())
      return [
        [await live(inA), await live(inB)],
        [[], [{ title: 'soft' }]],
      ]
    },
    'A counter for each tenant': async ({ nextNumber }) => {
      const next = (isKept = true) =>
        db.transaction().execute(async (trx) => {
          const number = await nextNumber(trx, 'invoice')
          if (!isKept) throw new Error('rolled back')
          return number
        })
      const numbers = (scope: typeof inA) =>
        scope(() => Promise.all(Array.from({ length: 8 }, () => next())))
      await inA(() => next(false)).catch(() => undefined)
      const both = await Promise.all([numbers(inA), numbers(inB)])
      const upTo8 = [1, 2, 3, 4, 5, 6, 7, 8]
      return [both.map((list) => list.toSorted((a, b) => a - b)), [upTo8, upTo8]]
    },
    'Support staff': async ({ projectsFor }) => {
      await inB(() => add('support'))
      const rows: { title: string }[] = await projectsFor('sue', B, 'ticket 7')
      return [rows.map(({ title }) => title).includes('support'), true]
    },
    'A read replica': async ({ openReplica }) => {
      await inA(() => add('replicated'))
      const replica = openReplica(`${world.appUrl}?options=-c%20default_transaction_read_only=on`)
      const count = sql`select count(*)::int as n from projects where title = 'replicated'`
      const counts = [
        await inA(() => count.execute(replica)),
        await inB(() => count.execute(replica)),
      ]
      const refused = await inA(() => sql`delete from projects`.execute(replica)).catch(
        ({ code }) => code,
      )
      await replica.destroy()
      return [
        [...counts.map(({ rows }) => rows), refused],
        [[{ n: 1 }], [{ n: 0 }], '25006'],
      ]
    },
    'Drizzle or Prisma beside it': async ({ inDrizzle }) => {
      const pool = new pg.Pool({ connectionString: world.appUrl, max: 1 })
      const orm = drizzle(pool)
      await inB(() => add('drizzled'))
      const seen = async () =>
        inDrizzle(orm, async (trx: typeof orm) => {
          const { rows } = await trx.execute(`select title from projects where title = 'drizzled'`)
          return rows
        })
      const rows = [await inA(seen), await inB(seen)]
      const outside = await seen().catch(({ message }) => message)
      const next = await pool.query('select count(*)::int as n from projects')
      await pool.end()
      return [
        [...rows, outside, next.rows],
        [[], [{ title: 'drizzled' }], 'no tenant', [{ n: 0 }]],
      ]
    },
    Tests: async ({ asTenant }) => {
      const tenants: unknown[] = []
      const test = asTenant(async () => {
        tenants.push(tenancy.current()?.tenant)
        await add('the same title')
      })
      await Promise.all([test(), test()])
      return [
        [new Set(tenants).size, (await stored('the same')).length],
        [2, 2],
      ]
    },
    'Errors as HTTP': async ({ respond }) => {
      const error = await add('no scope').catch((reason) => reason)
      return [respond(error).status, 500]
    },
  }
}
