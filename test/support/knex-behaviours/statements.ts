import type { Knex } from 'knex'
import { type Behaviour, projects, row, told, written } from './behaviour.ts'

const SLOW = 'select pg_sleep(?)'
// One value, which is an array.
const IDS = [1, 2] as unknown as Knex.Value

export const STATEMENTS: Readonly<Record<string, Behaviour>> = {
  'raw: positional, named, arrays, identifiers, escaped question marks': async (db) => [
    (await db.raw('select ?::int as a, ?::text as b', [1, 'two'])).rows,
    (await db.raw('select :a::int as a, :b:', { a: 1, b: 'a' }).catch(() => ({ rows: 'none' })))
      .rows,
    (
      await db.raw('select ?? from ?? where ?? = any(?) order by 1', [
        'title',
        'projects',
        'id',
        IDS,
      ])
    ).rows,
    (await db.raw(`select '{"a": 1}'::jsonb \\? 'a' as has`)).rows,
    await told(() => db.raw('select ?::int', [])),
    await told(() => db.raw('select ?', [undefined as unknown as string])),
  ],
  'return rows, numbers, first and pluck': async (db) => [
    await projects(db).insert(row(100)),
    await projects(db).insert([row(101), row(102)], ['id', 'title']),
    await projects(db).update({ title: 'y' }).where({ id: 100 }),
    await projects(db).where({ id: 101 }).update({ title: 'z' }).returning('title'),
    await projects(db).where({ id: 100 }).first('title'),
    await projects(db).where({ id: 999 }).first(),
    await projects(db).where('id', '>', 99).orderBy('id').pluck('title'),
    await projects(db).where({ id: 102 }).delete().returning('*'),
    await projects(db).count('* as n').first(),
    await told(() => projects(db).insert([])),
  ],
  'merge and ignore on conflict': async (db) => {
    await projects(db).insert(row(100))
    return [
      await projects(db).insert(row(100, 'merged')).onConflict(['tenant_id', 'id']).merge(),
      await projects(db).insert(row(100, 'ignored')).onConflict(['tenant_id', 'id']).ignore(),
      await told(() => projects(db).insert(row(100, 'refused'))),
      await written(db),
    ]
  },
  'read common table expressions, unions, joins, subqueries and locks': async (db) => [
    await db
      .with('mine', projects(db).where('id', 1))
      .select('title')
      .from('mine')
      .unionAll(projects(db).select('title').where('id', 2)),
    await db
      .withRecursive('n', ['i'], db.raw('values (1) union all select i + 1 from n where i < 3'))
      .from('n'),
    await projects(db)
      .join('countries', (on) => on.onVal('code', 'at'))
      .select('code', 'id')
      .orderBy('id'),
    await projects(db).whereIn('id', projects(db).max('id')).select('id'),
    await db.transaction((trx) => projects(trx).forUpdate().skipLocked().orderBy('id').pluck('id')),
    await db.select(db.ref('id').as('n')).from('projects').orderBy('n'),
  ],
  'read json, and functions of Knex': async (db) => {
    const json = db.raw(`(select '{"a": {"b": [1, 2]}}'::jsonb as doc) as docs`)
    const docs = () => db<{ doc: unknown }>(json)
    return [
      await docs().jsonExtract('doc', '$.a.b[1]', 'b'),
      await docs().whereJsonPath('doc', '$.a.b[0]', '=', 1).count('* as n'),
      await docs().whereJsonSupersetOf('doc', { a: {} }).select('doc'),
      await db.select(db.fn.now().wrap('pg_typeof(', ') as type')),
      typeof db.fn.uuid(),
    ]
  },
  'take the options of pg: arrays of values, types': async (db) => [
    (await db.raw('select 1 as a, 2 as a').options({ rowMode: 'array' })).rows,
    await projects(db).select('id').where('id', 1).options({ rowMode: 'array' }),
    (await db.raw('select 1 as a').options({ types: { getTypeParser: () => () => 'typed' } })).rows,
  ],
  'are cloned, compiled and started more than once': async (db) => {
    const query = projects(db).where('id', '<', 99).orderBy('id').pluck('title')
    return [
      await query.clone(),
      await query,
      await query,
      query.toSQL().toNative(),
      query.toString(),
      await new Promise((resolve) =>
        query.asCallback((_: unknown, rows: unknown) => resolve(rows)),
      ),
    ]
  },
  'time out, with and without cancelling, and go on': async (db) => [
    await told(() => db.raw(SLOW, [5]).timeout(20, { cancel: true })),
    await told(() => db.raw(SLOW, [5]).timeout(20)),
    await projects(db).where('id', 1).pluck('title'),
    await told(() => projects(db).timeout(-1)),
  ],
  'tell listeners of the start, the query, its response and its error': async (db) => {
    const heard: unknown[] = []
    const query = projects(db).where('id', 1).select('title')
    query.on('start', (builder: Knex.QueryBuilder) => heard.push(['start', typeof builder.toSQL]))
    query.on('query', ({ sql, bindings }: Knex.Sql) => heard.push(['query', sql, bindings]))
    query.on('query-response', (rows: unknown) => heard.push(['response', rows]))
    await query
    const failing = db.raw('select 1 / ?::int', [0])
    failing.on('query-error', ({ code }) => heard.push(['error', code]))
    await told(() => failing)
    return heard
  },
  'tell the listeners of the instance': async (db) => {
    const heard: unknown[] = []
    const listeners = {
      query: ({ sql, bindings, method }: Knex.Sql) => heard.push([sql, bindings, method]),
      'query-response': (rows: unknown, { sql }: Knex.Sql) => heard.push([sql, rows]),
      'query-error': ({ code }: { code: string }, { sql }: Knex.Sql) => heard.push([sql, code]),
    }
    for (const [event, listener] of Object.entries(listeners)) db.on(event, listener)
    await projects(db).where('id', 1).first('title')
    await told(() => db.raw('select wrong'))
    for (const [event, listener] of Object.entries(listeners)) db.removeListener(event, listener)
    return heard
  },
  'describe columns, and find tables': async (db) => [
    await projects(db).columnInfo(),
    await projects(db).columnInfo('title'),
    await db.schema.hasTable('projects'),
    await db.schema.hasTable('no_such_table'),
    await db.schema.hasColumn('projects', 'title'),
  ],
  'change the schema, as far as the login may': async (db) => [
    await told(() => db.schema.createTable('mine', (table) => table.increments())),
    await told(() => db.schema.alterTable('projects', (table) => table.text('more'))),
    await told(() => db.schema.raw('select 1')),
    db.schema.createTable('mine', (table) => table.text('title')).toString(),
  ],
  'run beside each other over one connection': async (db) => [
    await Promise.all([1, 2, 1, 2].map((id) => projects(db).where({ id }).pluck('title'))),
    await db.transaction((trx) =>
      Promise.all([1, 2, 1, 2].map((id) => projects(trx).where({ id }).pluck('title'))),
    ),
  ],
  'are refused for nonsense': async (db) => [
    await told(() => projects(db).where({ id: undefined })),
    await told(() => projects(db).insert({ id: 100, nonsense: 1 })),
    await told(() => db('no_such_table')),
    await told(() => db.raw('selekt')),
    await told(() => projects(db).select().from('projects').whereRaw('?? = ?', ['id'])),
  ],
}
