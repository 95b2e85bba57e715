import {
  CamelCasePlugin,
  DeduplicateJoinsPlugin,
  HandleEmptyInListsPlugin,
  type Kysely,
  type KyselyPlugin,
  type LogEvent,
  ParseJSONResultsPlugin,
  replaceWithNoncontingentExpression,
  sql,
} from 'kysely'
import { describeContract, tells, titles } from '../../support/contract.ts'
import { A, type Tables } from '../../support/tenants.ts'

/** Notes the kinds of the queries and the numbers of the rows that pass by. */
function spy(seen: unknown[]): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      seen.push(node.kind)
      return node
    },
    transformResult: async ({ result }) => {
      seen.push(result.rows.length)
      return { ...result, rows: result.rows.map((row) => ({ ...row, spied: true })) }
    },
  }
}

const read = (db: Kysely<Tables>) => db.selectFrom('projects').selectAll().orderBy('id')

describeContract('the contract of Kysely: plugins, logs and connections', {
  'of Kysely work': {
    body: async ({ db }) => {
      const camel = db.withPlugin(new CamelCasePlugin()) as unknown as Kysely<{
        projects: { id: number; tenantId: string }
      }>
      const lists = new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })
      const twice = db
        .withPlugin(new DeduplicateJoinsPlugin())
        .selectFrom('projects')
        .innerJoin('countries', (join) => join.onTrue())
        .innerJoin('countries', (join) => join.onTrue())
      return [
        await camel.selectFrom('projects').select('tenantId').where('id', '=', 1).execute(),
        await db
          .withPlugin(lists)
          .selectFrom('projects')
          .select('id')
          .where('id', 'in', [])
          .execute(),
        await twice.select('projects.id').orderBy('projects.id').execute(),
        (await sql`select '{"a": 1}' as json`.execute(db.withPlugin(new ParseJSONResultsPlugin())))
          .rows,
        await db.withSchema('public').selectFrom('projects').select('projects.id').execute(),
      ]
    },
  },
  'see each query and each result once, of streams and transactions too': {
    body: async ({ db, open }) => {
      const seen: unknown[] = []
      const spied = open({ plugins: [spy(seen)] })
      const rows = [await read(spied).execute()]
      for await (const row of read(spied).stream(1)) rows.push([row])
      rows.push(await spied.transaction().execute((trx) => read(trx).execute()))
      rows.push(await spied.connection().execute((one) => read(one).execute()))
      rows.push(
        (await sql<Tables['projects']>`select * from projects order by id`.execute(spied)).rows,
      )
      rows.push(await read(spied.withoutPlugins()).execute())
      rows.push(await read(db.withPlugin(spy(seen))).execute())
      return [seen, rows]
    },
  },
  'fail the query whose plugin fails, and leave the connection alone': {
    body: async ({ db }) => {
      const failing: KyselyPlugin = {
        transformQuery: ({ node }) => node,
        transformResult: () => Promise.reject(new Error('of the plugin')),
      }
      return [await tells(read(db.withPlugin(failing)).execute()), await titles(db)]
    },
  },
  'log statements and errors with their SQL and parameters': {
    body: async ({ open }) => {
      const events: LogEvent[] = []
      const logged = open({ log: (event) => void events.push(event) })
      await logged.transaction().execute((trx) => read(trx).where('id', '=', 1).execute())
      await tells(sql`select 1/${0}::int`.execute(logged))
      for await (const _ of read(logged).stream(10));
      return events.map(({ level, query, queryDurationMillis }) => [
        level,
        query.sql,
        query.parameters,
        queryDurationMillis > 0,
      ])
    },
    differs: {
      row: 'The log with the strategy `sequential`',
      only: ['sequential'],
      as: [
        ['query', 'select * from "projects" where "id" = $1 order by "id"', [1], true],
        ['error', 'select 1/$1::int', [0], true],
        ['query', 'select * from "projects" order by "id"', [], true],
      ],
    },
  },
  'keep one connection for a callback': {
    body: ({ db }) =>
      db.connection().execute(async (one) => {
        const pids = await Promise.all(
          [1, 2, 3].map(() => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(one)),
        )
        const trx = await one.transaction().execute(titles)
        return [new Set(pids.map(({ rows }) => rows[0]?.pid)).size, trx, await titles(one)]
      }),
  },
  'give the connection back when the callback fails': {
    body: async ({ db }) => {
      const failed: unknown[] = []
      for (let i = 0; i < 4; i++) {
        const run = db.connection().execute(async (one) => {
          await titles(one)
          throw new Error('of the callback')
        })
        failed.push(await tells(run))
      }
      return [failed, await titles(db)]
    },
  },
  'end a connection with its callback': {
    body: async ({ db }) => {
      let kept = db
      await db.connection().execute(async (one) => {
        kept = one
      })
      return tells(titles(kept))
    },
    differs: {
      row: 'A handle that is used behind its end',
      as: { code: 'SCOPE.ENDED' },
    },
  },
  'keep what was set on the connection': {
    body: ({ db }) =>
      tells(
        db.connection().execute(async (one) => {
          await sql`set statement_timeout = '5s'`.execute(one)
          const { rows } = await sql`show statement_timeout`.execute(one)
          return rows
        }),
      ),
  },
  'give what was set on the connection to the next user of it': {
    body: async ({ db }) => {
      await db.connection().execute((one) => sql`set work_mem = '5MB'`.execute(one))
      const { rows } = await sql`show work_mem`.execute(db)
      await sql`reset work_mem`.execute(db)
      return rows
    },
    differs: { row: 'A `set` on the session', as: [{ work_mem: '4MB' }] },
  },
  'have the tables that a copy was given': {
    body: async ({ db }) => {
      const other = db.withTables<{ spare: { code: string } }>()
      const copies: unknown[] = [await other.selectFrom('projects').select('id').execute()]
      if ('$extendTables' in db) {
        const extended = db.$extendTables<{ pg_roles: { rolsuper: boolean } }>()
        const roles = extended
          .selectFrom('pg_roles')
          .select('rolsuper')
          .where(sql<boolean>`rolname = current_user`)
        copies.push(await roles.execute())
        copies.push(
          await db.$pickTables<'projects'>().selectFrom('projects').select('id').execute(),
        )
        copies.push(
          await db.$omitTables<'countries'>().selectFrom('projects').select('id').execute(),
        )
        copies.push(
          await db
            .transaction()
            .execute((trx) =>
              trx
                .$extendTables<{ pg_roles: object }>()
                .selectFrom('projects')
                .select('id')
                .execute(),
            ),
        )
      }
      return copies
    },
  },
  'explain a query': {
    body: async ({ db }) => {
      const plan = await db.selectFrom('countries').selectAll().explain('text', sql`costs off`)
      return plan
    },
  },
  'call functions between the parts of a query': {
    body: async ({ db }) => {
      const rows = await read(db)
        .$call((query) => query.where('id', '<', 3))
        .$if(true, (query) => query.select(sql<string>`upper(title)`.as('loud')))
        .execute()
      const inserted = await db
        .insertInto('projects')
        .values({ id: 7, title: 'x', tenant_id: A })
        .returning(({ fn }) => [fn.coalesce('title', sql<string>`'none'`).as('title')])
        .executeTakeFirstOrThrow()
      return [rows, inserted]
    },
  },
})
