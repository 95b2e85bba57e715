import { expect } from 'chai'
import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { db, type RelationCase, ROW, tablesIn } from '../../../support/compile-only.ts'

const CASES: Readonly<Record<string, RelationCase>> = {
  'only values': [db.selectNoFrom(sql`1`.as('one'))],
  from: [db.selectFrom('projects').selectAll(), 'projects'],
  'several in from': [db.selectFrom(['projects', 'tasks as t']).selectAll(), 'projects', 'tasks'],
  'an alias': [db.selectFrom('projects as users').select('users.id'), 'projects'],
  'a schema': [db.selectFrom('billing.invoices as i').select('i.id'), 'billing.invoices'],
  withSchema: [db.withSchema('crm').selectFrom('projects').selectAll(), 'crm.projects'],
  'withSchema and an alias': [
    db.withSchema('crm').selectFrom('projects as p').select('p.id'),
    'crm.projects',
  ],
  'column references, which name a table without reading it': [
    db
      .selectFrom('projects')
      .select(['projects.id', sql.ref('users.id').as('x'), sql.ref('billing.invoices.id').as('y')])
      .where('projects.title', '=', 'tasks')
      .orderBy('projects.id')
      .groupBy('projects.id'),
    'projects',
  ],
  'inner, left, right, full, cross and lateral joins': [
    db
      .selectFrom('projects')
      .innerJoin('tasks', 'tasks.id', 'projects.id')
      .leftJoin('users as u', 'u.id', 'projects.id')
      .rightJoin('archive', 'archive.id', 'projects.id')
      .fullJoin('billing.invoices as i', 'i.id', 'projects.id')
      .crossJoin('tasks as t2')
      .leftJoinLateral(
        (eb) => eb.selectFrom('users').select('users.id as x').as('l'),
        (join) => join.onTrue(),
      )
      .selectAll('projects'),
    'archive',
    'billing.invoices',
    'projects',
    'tasks',
    'tasks',
    'users',
    'users',
  ],
  'a sub-query in a join condition': [
    db
      .selectFrom('projects')
      .innerJoin('tasks', (join) =>
        join.on((eb) => eb.exists(eb.selectFrom('users').select('users.id'))),
      )
      .selectAll('projects'),
    'projects',
    'tasks',
    'users',
  ],
  'sub-queries in from, select, where, having, order by and group by': [
    db
      .selectFrom((eb) => eb.selectFrom('projects').selectAll().as('p'))
      .select((eb) => eb.selectFrom('tasks').select('tasks.id').limit(1).as('t'))
      .where('p.id', 'in', (eb) => eb.selectFrom('users').select('users.id'))
      .having((eb) => eb.exists(eb.selectFrom('archive').select('archive.id')))
      .orderBy((eb) => eb.selectFrom('billing.invoices as i').select('i.id').limit(1))
      .groupBy((eb) => eb.selectFrom('users').select('users.id').limit(1)),
    'archive',
    'billing.invoices',
    'projects',
    'tasks',
    'users',
    'users',
  ],
  'a sub-query in a function, a case and a tuple': [
    db
      .selectNoFrom((eb) => [
        eb.fn.coalesce(eb.selectFrom('projects').select('projects.id').limit(1), eb.lit(1)).as('a'),
        eb
          .case()
          .when(eb.exists(eb.selectFrom('tasks').select('tasks.id')))
          .then(1)
          .end()
          .as('b'),
      ])
      .$castTo<unknown>(),
    'projects',
    'tasks',
  ],
  'json helpers': [
    db
      .selectFrom('projects')
      .select((eb) => jsonArrayFrom(eb.selectFrom('tasks').select('tasks.id')).as('tasks')),
    'projects',
    'tasks',
  ],
  'json helpers under withSchema': [
    db
      .withSchema('crm')
      .selectFrom('projects')
      .select((eb) => [jsonArrayFrom(eb.selectFrom('tasks').select('tasks.id')).as('tasks')]),
    'crm.projects',
    'crm.tasks',
  ],
  'for update of, which names a table of from': [
    db.selectFrom('projects').selectAll().forUpdate(['projects']),
    'projects',
  ],
  'for update of under withSchema': [
    db.withSchema('crm').selectFrom('projects').selectAll().forUpdate(['projects']),
    'crm.projects',
  ],
  'union, intersect and except': [
    db
      .selectFrom('projects')
      .select('id')
      .union(db.selectFrom('tasks').select('id'))
      .intersect(db.selectFrom('users').select('id'))
      .except((eb) => eb.parens(eb.selectFrom('archive').select('id'))),
    'archive',
    'projects',
    'tasks',
    'users',
  ],
  'insert and returning': [
    db
      .insertInto('projects')
      .values(ROW)
      .returning((eb) => eb.selectFrom('users').select('users.id').limit(1).as('u')),
    'projects',
    'users',
  ],
  'insert of values that are sub-queries': [
    db.insertInto('projects').values((eb) => ({
      ...ROW,
      id: eb.selectFrom('tasks').select('tasks.id').limit(1),
    })),
    'projects',
    'tasks',
  ],
  'insert from a select': [
    db.insertInto('archive').columns(['id']).expression(db.selectFrom('projects').select('id')),
    'archive',
    'projects',
  ],
  'on conflict with a sub-query': [
    db
      .insertInto('projects')
      .values(ROW)
      .onConflict((oc) =>
        oc
          .column('id')
          .doUpdateSet({ title: (eb) => eb.selectFrom('tasks').select('tasks.title').limit(1) })
          .where((eb) => eb.exists(eb.selectFrom('users').select('users.id'))),
      ),
    'projects',
    'tasks',
    'users',
  ],
  'update, from, joins and set': [
    db
      .updateTable('projects as p')
      .from('tasks')
      .innerJoin('users', 'users.id', 'tasks.id')
      .set({ title: (eb) => eb.selectFrom('archive').select('archive.title').limit(1) }),
    'archive',
    'projects',
    'tasks',
    'users',
  ],
  'delete, using and joins': [
    db
      .deleteFrom('projects')
      .using(['projects', 'tasks as t'])
      .innerJoin('users', 'users.id', 't.id')
      .where('t.id', '=', 1),
    'projects',
    'projects',
    'tasks',
    'users',
  ],
  'merge: target, source and what it does': [
    db
      .mergeInto('projects as p')
      .using('tasks as t', 't.id', 'p.id')
      .whenMatched()
      .thenUpdateSet({ title: (eb) => eb.selectFrom('users').select('users.title').limit(1) })
      .whenNotMatched()
      .thenDoNothing(),
    'projects',
    'tasks',
    'users',
  ],
  'merge from a sub-query': [
    db
      .mergeInto('projects')
      .using(db.selectFrom('tasks').selectAll().as('t'), 't.id', 'projects.id')
      .whenMatched()
      .thenDelete(),
    'projects',
    'tasks',
  ],
  'sql.table in raw SQL': [
    sql`select * from ${sql.table('projects')} join ${sql.table('billing.invoices')} on true`,
    'billing.invoices',
    'projects',
  ],
  'a builder and sql.table in nested raw SQL': [
    db.selectNoFrom(
      sql`(select count(*) from (${db.selectFrom('projects').selectAll()}) x,
        ${sql`(select * from ${sql.table('tasks')})`} y)`.as('n'),
    ),
    'projects',
    'tasks',
  ],
  'sql.ref and sql.id in raw SQL are no tables': [
    sql`select ${sql.ref('projects.id')}, ${sql.id('projects')} from ${sql.table('users')}`,
    'users',
  ],
  'names in plain raw SQL are not seen': [sql`select * from projects`],
  'the values of a query are not looked into': [
    db
      .selectFrom('users')
      .select(sql.val({ kind: 'TableNode', table: {} }).as('x'))
      .where('title', '=', 'projects'),
    'users',
  ],
  'create view as': [
    db.schema.createView('v').as(db.selectFrom('projects').selectAll()),
    'projects',
  ],
}

describe('relationsOf', () => {
  for (const [name, [source, ...tables]] of Object.entries(CASES)) {
    it(`finds the tables in ${name}`, () => {
      expect(tablesIn(source)).to.deep.equal(tables)
    })
  }
})
