import { expect } from 'chai'
import { db, type RelationCase, ROW, tablesIn } from '../../../support/compile-only.ts'

const COLUMNS = ['id', 'tenant_id', 'parent_id', 'title'] as const

const CTES: Readonly<Record<string, RelationCase>> = {
  'hide a table from where they are declared': [
    db
      .with('projects', (eb) => eb.selectFrom('tasks').selectAll())
      .selectFrom('projects')
      .selectAll(),
    'tasks',
  ],
  'do not hide a table from themselves without recursive': [
    db
      .with('projects', (eb) => eb.selectFrom('projects').selectAll())
      .selectFrom('projects')
      .selectAll(),
    'projects',
  ],
  'hide a table from themselves with recursive': [
    db
      .withRecursive('projects', (eb) =>
        eb.selectFrom('tasks').select(COLUMNS).unionAll(eb.selectFrom('projects').select(COLUMNS)),
      )
      .selectFrom('projects')
      .selectAll(),
    'tasks',
  ],
  'hide from those that come later, not from those that came earlier': [
    db
      .with('one', (eb) => eb.selectFrom('users').selectAll())
      .with('users', (eb) => eb.selectFrom('one').selectAll())
      .with('two', (eb) => eb.selectFrom('users').selectAll())
      .selectFrom('two')
      .selectAll(),
    'users',
  ],
  'hide from those that came earlier too with recursive': [
    db
      .withRecursive('one', (eb) => eb.selectFrom('users').selectAll())
      .withRecursive('users', (eb) => eb.selectFrom('tasks').selectAll())
      .selectFrom('one')
      .selectAll(),
    'tasks',
  ],
  'hide unqualified names only': [
    db
      .with('invoices', (eb) => eb.selectFrom('billing.invoices').selectAll())
      .selectFrom(['invoices as i', 'billing.invoices as real'])
      .select('i.id'),
    'billing.invoices',
    'billing.invoices',
  ],
  'hide in the query they belong to and not beside it': [
    db
      .selectFrom('projects')
      .selectAll()
      .where('id', 'in', () =>
        db
          .with('projects', (eb) => eb.selectFrom('tasks').selectAll())
          .selectFrom('projects')
          .select('projects.id'),
      ),
    'projects',
    'tasks',
  ],
  'hide in the sub-queries of their query': [
    db
      .with('projects', (eb) => eb.selectFrom('tasks').selectAll())
      .selectFrom('users')
      .selectAll()
      .where('id', 'in', (eb) => eb.selectFrom('projects').select('projects.id')),
    'tasks',
    'users',
  ],
  'hide in every arm of a set operation': [
    db
      .with('projects', (eb) => eb.selectFrom('tasks').selectAll())
      .selectFrom('projects')
      .select('id')
      .union((eb) => eb.selectFrom('projects').select('projects.id')),
    'tasks',
  ],
  'write and read': [
    db
      .with('gone', (eb) => eb.deleteFrom('projects').returningAll())
      .with('added', (eb) => eb.insertInto('archive').values(ROW).returningAll())
      .with('changed', (eb) => eb.updateTable('users').set({ title: 'x' }).returningAll())
      .selectFrom(['gone', 'added', 'changed'])
      .select('gone.id'),
    'archive',
    'projects',
    'users',
  ],
  'with columns, materialized or not': [
    db
      .with(
        (cte) => cte('projects(id)').materialized(),
        (eb) => eb.selectFrom('tasks').select('tasks.id'),
      )
      .selectFrom('projects')
      .select('projects.id'),
    'tasks',
  ],
  'before an insert, an update, a delete and a merge': [
    db
      .with('moved', (eb) => eb.selectFrom('tasks').selectAll())
      .insertInto('archive')
      .columns(['id'])
      .expression((eb) => eb.selectFrom('moved').select('moved.id')),
    'archive',
    'tasks',
  ],
  'do not hide the table that a statement writes': [
    db
      .with('projects', (eb) => eb.selectFrom('users').selectAll())
      .with('gone', (eb) => eb.deleteFrom('projects as p').using('projects').returning('p.id'))
      .updateTable('projects')
      .from('projects as p')
      .set({ title: 'x' }),
    'projects',
    'projects',
    'users',
  ],
  'do not hide the table that an insert or a merge writes': [
    db
      .with('tasks', (eb) => eb.insertInto('tasks').values(ROW).returningAll())
      .mergeInto('tasks as t')
      .using('tasks', 'tasks.id', 't.id')
      .whenMatched()
      .thenDelete(),
    'tasks',
    'tasks',
  ],
  'under withSchema': [
    db
      .withSchema('crm')
      .with('projects', (eb) => eb.selectFrom('tasks').selectAll())
      .selectFrom('projects')
      .selectAll(),
    'crm.tasks',
  ],
}

describe('relationsOf: common table expressions', () => {
  for (const [name, [source, ...tables]] of Object.entries(CTES)) {
    it(name, () => {
      expect(tablesIn(source)).to.deep.equal(tables)
    })
  }
})
