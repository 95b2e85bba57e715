import { NoResultError, sql } from 'kysely'
import pg from 'pg'
import { describeContract, tells, titles } from '../../support/contract.ts'
import { A } from '../../support/tenants.ts'

class NotThere extends Error {
  constructor() {
    super('not there')
  }
}

describeContract('the contract of Kysely: errors and results', {
  'of the server are those of pg, with every field': {
    body: async ({ db }) => {
      const failures = [
        sql`select 1/0`.execute(db),
        sql`select ${'x'}::int`.execute(db),
        sql`selec`.execute(db),
        sql`select * from nowhere`.execute(db),
        db.insertInto('projects').values({ id: 1, title: 'again', tenant_id: A }).execute(),
        db
          .insertInto('projects')
          .values({ id: 7, title: null as never, tenant_id: A })
          .execute(),
        sql`do $$ begin raise exception 'own' using errcode = 'KT001', detail = 'd', hint = 'h'; end $$`.execute(
          db,
        ),
      ]
      const FIELDS = [
        'code',
        'severity',
        'detail',
        'hint',
        'position',
        'schema',
        'table',
        'column',
        'constraint',
      ]
      return Promise.all(
        failures.map((failing) =>
          failing.then(
            () => 'worked',
            (error) => [
              error instanceof pg.DatabaseError,
              error.message,
              ...FIELDS.map((field) => error[field]),
            ],
          ),
        ),
      )
    },
  },
  'lead to the line that ran the statement': {
    body: async ({ db }) => {
      const failed = await sql`select 1/0`.execute(db).catch((error) => error)
      return failed.stack.includes('errors.test.ts')
    },
  },
  'of a row that policies refuse': {
    body: ({ db }) => {
      const tenant_id = sql<string>`'tenant-b'`
      return tells(db.insertInto('projects').values({ id: 7, title: 'x', tenant_id }).execute())
    },
    differs: {
      row: 'A row of another tenant',
      as: { code: 'TENANT.VIOLATION' },
    },
  },
  'of a result that has to be there': {
    body: async ({ db }) => {
      const none = db.selectFrom('projects').selectAll().where('id', '=', 99)
      const failures = [
        none.executeTakeFirstOrThrow(),
        none.executeTakeFirstOrThrow(NotThere),
        none.executeTakeFirstOrThrow(() => new NotThere()),
      ]
      const errors = await Promise.all(failures.map((failing) => failing.catch((error) => error)))
      return [
        await none.executeTakeFirst(),
        errors.map((error) => [
          error instanceof NoResultError,
          error instanceof NotThere,
          error.message,
        ]),
      ]
    },
  },
  'leave the connection as it was': {
    body: async ({ db }) => {
      const seen: unknown[] = []
      for (let i = 0; i < 5; i++)
        seen.push(await tells(sql`select 1/0`.execute(db)), await titles(db))
      return seen
    },
  },
  'are of the statement that failed, beside others': {
    body: ({ db }) =>
      Promise.all(
        [1, 0, 2, 0].map((by) =>
          tells(sql`select ${10}::int / ${by}::int as n`.execute(db).then(({ rows }) => rows)),
        ),
      ),
  },
  'count what was written': {
    body: async ({ db }) => {
      const inserted = await db
        .insertInto('projects')
        .values([7, 8].map((id) => ({ id, title: 'x', tenant_id: A })))
        .onConflict((each) => each.doNothing())
        .executeTakeFirst()
      const updated = await db.updateTable('projects').set({ title: 'y' }).executeTakeFirst()
      const deleted = await db.deleteFrom('projects').where('id', '>', 1).executeTakeFirst()
      const raw = await sql`update projects set title = 'z'`.execute(db)
      return [{ ...inserted }, { ...updated }, { ...deleted }, raw.numAffectedRows, raw.rows]
    },
  },
  'read values as pg does': {
    body: ({ db }) =>
      sql`select 1::int2 as a, 9007199254740993::int8 as b, 1.50::numeric as c, true as d, null as e,
        '2026-01-02'::timestamptz as f, array[1, 2] as g, '{"a": [1]}'::jsonb as h, '\\x01'::bytea as i,
        1 as "twice", 2 as "twice"`
        .execute(db)
        .then(({ rows }) => rows),
  },
  'send values as pg does': {
    body: ({ db }) => {
      const values = [
        true,
        1.5,
        "it's",
        null,
        new Date(0),
        [1, 2],
        { a: [1] },
        Buffer.from([1]),
        2n,
      ]
      const types = [
        'bool',
        'float8',
        'text',
        'text',
        'timestamptz',
        'int[]',
        'jsonb',
        'bytea',
        'int8',
      ]
      const columns = values.map(
        (value, i) => sql`${value}::${sql.raw(types[i] ?? '')} as ${sql.ref(`c${i}`)}`,
      )
      return sql`select ${sql.join(columns)}`.execute(db).then(({ rows }) => rows)
    },
  },
  'of several statements in one text': {
    body: ({ db }) => tells(sql`select 1 as a; select 2 as b`.execute(db)),
    differs: {
      row: 'Several statements in one text',
      as: {
        name: 'error',
        message: 'cannot insert multiple commands into a prepared statement',
        code: '42601',
      },
    },
  },
})
