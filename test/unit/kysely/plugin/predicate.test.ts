import { expect } from 'chai'
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import { createTenancy, TenantPlugin } from '../../../../src/index.ts'

interface Table {
  id: number
  tenant_id: string
  title: string
}
type Tables = Record<'projects' | 'tasks' | 'templates' | 'countries' | 'billing.invoices', Table>

const tenancy = createTenancy({
  tables: {
    projects: {},
    tasks: {},
    templates: { shared: true },
    'billing.invoices': { column: 'org_id' },
  },
})
const plugin = new TenantPlugin({ tenancy, predicate: true })
const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [plugin],
})

const all = (table: 'projects' | 'tasks') => db.selectFrom(table).selectAll()

// biome-ignore lint/suspicious/noExplicitAny: a value of a JSON column, whatever its type.
const LOOKS_LIKE_A_QUERY: any = { kind: 'SelectQueryNode', from: { kind: 'FromNode', froms: [] } }

// A query as it is written, and as it is sent with `A` for each tenant.
const CASES: Readonly<Record<string, readonly [() => Compilable, string]>> = {
  'a select': [() => all('projects'), 'select * from "projects" where "projects"."tenant_id" = A'],
  'a select with a where': [
    () => all('projects').where('id', '=', 1),
    'select * from "projects" where "id" = $1 and "projects"."tenant_id" = A',
  ],
  'a where of raw SQL, which may have an or': [
    () => all('projects').where(sql<boolean>`id = 1 or id = 2`),
    'select * from "projects" where (id = 1 or id = 2) and "projects"."tenant_id" = A',
  ],
  'an alias': [
    () => db.selectFrom('projects as p').select('p.id'),
    'select "p"."id" from "projects" as "p" where "p"."tenant_id" = A',
  ],
  'a schema and a column of another name': [
    () => db.selectFrom('billing.invoices').select('id'),
    'select "id" from "billing"."invoices" where "billing"."invoices"."org_id" = A',
  ],
  'shared rows, which stay visible': [
    () => db.selectFrom('templates').select('id'),
    'select "id" from "templates" where ("templates"."tenant_id" = A or "templates"."tenant_id" is null)',
  ],
  'a global table, which gets none': [
    () => db.selectFrom('countries').select('id'),
    'select "id" from "countries"',
  ],
  'several in from': [
    () => db.selectFrom(['projects', 'tasks as t', 'countries']).select('t.id'),
    'select "t"."id" from "projects", "tasks" as "t", "countries" where "projects"."tenant_id" = A and "t"."tenant_id" = A',
  ],
  'inner and left joins, in their ON': [
    () =>
      db
        .selectFrom('projects as p')
        .innerJoin('tasks as t', 't.id', 'p.id')
        .leftJoin('tasks as u', 'u.id', 'p.id')
        .select('t.id'),
    'select "t"."id" from "projects" as "p" inner join "tasks" as "t" on "t"."id" = "p"."id" and "t"."tenant_id" = A left join "tasks" as "u" on "u"."id" = "p"."id" and "u"."tenant_id" = A where "p"."tenant_id" = A',
  ],
  'a cross join, in the where': [
    () => db.selectFrom('countries as c').crossJoin('tasks as t').select('t.id'),
    'select "t"."id" from "countries" as "c" cross join "tasks" as "t" where "t"."tenant_id" = A',
  ],
  'a right join: its outer side gets none': [
    () => db.selectFrom('projects as p').rightJoin('tasks as t', 't.id', 'p.id').select('t.id'),
    'select "t"."id" from "projects" as "p" right join "tasks" as "t" on "t"."id" = "p"."id" where "t"."tenant_id" = A',
  ],
  'a full join: neither side gets one': [
    () => db.selectFrom('projects as p').fullJoin('tasks as t', 't.id', 'p.id').select('t.id'),
    'select "t"."id" from "projects" as "p" full join "tasks" as "t" on "t"."id" = "p"."id"',
  ],
  'what stands before a later right join': [
    () =>
      db
        .selectFrom('countries as c')
        .crossJoin('tasks as t')
        .innerJoin('tasks as u', 'u.id', 't.id')
        .rightJoin('projects as p', 'p.id', 't.id')
        .select('t.id'),
    'select "t"."id" from "countries" as "c" cross join "tasks" as "t" inner join "tasks" as "u" on "u"."id" = "t"."id" and "u"."tenant_id" = A right join "projects" as "p" on "p"."id" = "t"."id" where "p"."tenant_id" = A',
  ],
  'a subquery in from, in a select and in a where': [
    () =>
      db
        .selectFrom((eb) => eb.selectFrom('projects').selectAll().as('p'))
        .select((eb) => eb.selectFrom('tasks').select('id').as('t'))
        .where('p.id', 'in', all('tasks').clearSelect().select('id')),
    'select (select "id" from "tasks" where "tasks"."tenant_id" = A) as "t" from (select * from "projects" where "projects"."tenant_id" = A) as "p" where "p"."id" in (select "id" from "tasks" where "tasks"."tenant_id" = A)',
  ],
  'both sides of a union': [
    () => all('projects').unionAll(all('tasks')),
    'select * from "projects" where "projects"."tenant_id" = A union all select * from "tasks" where "tasks"."tenant_id" = A',
  ],
  'a subquery in raw SQL': [
    () => db.selectNoFrom(sql`exists ${all('tasks')}`.as('some')),
    'select exists (select * from "tasks" where "tasks"."tenant_id" = A) as "some"',
  ],
  'a common table expression, which hides the table of its name': [
    () =>
      db
        .with('projects', (qc) => qc.selectFrom('projects').select('id'))
        .selectFrom('projects')
        .select('id'),
    'with "projects" as (select "id" from "projects" where "projects"."tenant_id" = A) select "id" from "projects"',
  ],
  'a recursive one, which hides it in itself too': [
    () =>
      db
        .withRecursive('projects(id)', (qc) => qc.selectFrom('projects').select('id'))
        .selectFrom('projects')
        .select('id'),
    'with recursive "projects"("id") as (select "id" from "projects") select "id" from "projects"',
  ],
  'an update with a from': [
    () =>
      db
        .updateTable('projects as p')
        .from('tasks as t')
        .set({ title: 'x' })
        .whereRef('t.id', '=', 'p.id'),
    'update "projects" as "p" set "title" = $1 from "tasks" as "t" where "t"."id" = "p"."id" and "p"."tenant_id" = A and "t"."tenant_id" = A',
  ],
  'a delete with a using': [
    () => db.deleteFrom('projects').using('tasks').whereRef('tasks.id', '=', 'projects.id'),
    'delete from "projects" using "tasks" where "tasks"."id" = "projects"."id" and "projects"."tenant_id" = A and "tasks"."tenant_id" = A',
  ],
  'the source of an insert, not its target': [
    () =>
      db.insertInto('projects').columns(['id']).expression(all('tasks').clearSelect().select('id')),
    'insert into "projects" ("id") select "id" from "tasks" where "tasks"."tenant_id" = A',
  ],
  'a delete from a table whose name a common table expression has': [
    () =>
      db
        .with('projects', (qc) => qc.selectFrom('countries').select('id'))
        .deleteFrom('projects as p')
        .using('projects')
        .whereRef('projects.id', '=', 'p.id'),
    'with "projects" as (select "id" from "countries") delete from "projects" as "p" using "projects" where "projects"."id" = "p"."id" and "p"."tenant_id" = A',
  ],
  'a merge': [
    () =>
      db
        .mergeInto('projects')
        .using('tasks', 'tasks.id', 'projects.id')
        .whenMatched()
        .thenUpdateSet({ title: 'x' }),
    'merge into "projects" using "tasks" on "tasks"."id" = "projects"."id" and "projects"."tenant_id" = A and "tasks"."tenant_id" = A when matched then update set "title" = $1',
  ],
  'values that look like a query': [
    () => db.insertInto('countries').values({ id: 1, tenant_id: '', title: LOOKS_LIKE_A_QUERY }),
    'insert into "countries" ("id", "tenant_id", "title") values ($1, $2, $3)',
  ],
}

describe('TenantPlugin with `predicate: true`', () => {
  for (const [name, [query, expected]] of Object.entries(CASES)) {
    it(`restricts ${name}`, () => {
      const { sql: text, parameters } = tenancy.run('acme', () => query().compile())
      const named = text.replaceAll(/\$(\d+)/g, (place, index) =>
        parameters[index - 1] === 'acme' ? 'A' : place,
      )
      // Those of the user keep their order.
      const order = named.replaceAll(
        /\$\d+/g,
        (
          (n) => () =>
            `$${++n}`
        )(0),
      )
      expect(order).to.equal(expected)
    })
  }

  it('leaves queries alone where there is no tenant', () => {
    const global = db.selectFrom('countries').select('id')
    expect(tenancy.runGlobal(() => global.compile().sql)).to.equal('select "id" from "countries"')
    const every = tenancy.runAsAdmin(() => all('projects').compile().sql)
    expect(every).to.equal('select * from "projects"')
  })
})
