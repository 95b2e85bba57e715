import { type Kysely, sql } from 'kysely'
import { describeContract, tells } from '../../support/contract.ts'
import type { Tables } from '../../support/tenants.ts'

// The login of the application owns no schema: it makes one for itself alone, if it may.
const columns = (db: Kysely<Tables>) =>
  sql`select table_name, column_name, data_type, is_nullable, column_default
    from information_schema.columns where table_schema = 'lab'
    order by table_name, ordinal_position`
    .execute(db)
    .then(({ rows }) => rows)

async function inLab(
  db: Kysely<Tables>,
  body: (lab: Kysely<Tables>['schema']) => Promise<unknown>,
) {
  await sql`drop schema if exists lab cascade`.execute(db)
  await db.schema.createSchema('lab').execute()
  try {
    return await body(db.schema.withSchema('lab'))
  } finally {
    await db.schema.dropSchema('lab').cascade().execute()
  }
}

describeContract('the contract of Kysely: building schemas, and introspection', {
  'create, alter and drop tables, indexes, views, types and comments': {
    body: ({ db }) =>
      inLab(db, async (lab) => {
        await lab
          .createTable('person')
          .addColumn('id', 'serial', (column) => column.primaryKey())
          .addColumn('name', 'varchar(20)', (column) => column.notNull().defaultTo('x'))
          .addCheckConstraint('named', sql`name <> ''`)
          .execute()
        await lab
          .createTable('pet')
          .addColumn('owner', 'integer', (column) =>
            column.references('lab.person.id').onDelete('cascade'),
          )
          .execute()
        await lab.alterTable('pet').addColumn('kind', 'text').execute()
        await lab
          .alterTable('pet')
          .alterColumn('kind', (column) => column.setNotNull())
          .execute()
        await lab.alterTable('pet').renameColumn('kind', 'species').execute()
        await lab.createIndex('pets').on('pet').columns(['owner', 'species']).unique().execute()
        await lab.createType('mood').asEnum(['good', 'bad']).execute()
        await db.schema
          .createView('lab.people')
          .as(
            db
              .withSchema('lab')
              .selectFrom('person' as 'projects')
              .select('id'),
          )
          .execute()
        const made = await columns(db)
        const twice = await tells(lab.createTable('pet').addColumn('id', 'integer').execute())
        await lab.createTable('pet').ifNotExists().addColumn('id', 'integer').execute()
        await lab.dropView('people').execute()
        await lab.dropIndex('pets').execute()
        await lab.dropType('mood').execute()
        await lab.dropTable('pet').execute()
        return [made, twice, await columns(db)]
      }),
  },
  'create tables in a transaction, and not when it is rolled back': {
    body: ({ db }) =>
      inLab(db, async () => {
        const trx = await db.startTransaction().execute()
        await trx.schema.createTable('lab.gone').addColumn('id', 'integer').execute()
        const inside = await columns(trx)
        await trx.rollback().execute()
        return [inside, await columns(db)]
      }),
  },
  'create temporary tables for a transaction': {
    body: ({ db }) =>
      db.transaction().execute(async (trx) => {
        await trx.schema
          .createTable('scratch')
          .temporary()
          .onCommit('drop')
          .addColumn('id', 'integer')
          .execute()
        await sql`insert into scratch values (1)`.execute(trx)
        return (await sql`select * from scratch`.execute(trx)).rows
      }),
  },
  'create temporary tables for a session': {
    body: async ({ db }) => {
      await db.schema.createTable('scratch').temporary().addColumn('id', 'integer').execute()
      const found = await tells(sql`select * from scratch`.execute(db).then(({ rows }) => rows))
      await sql`drop table if exists scratch`.execute(db)
      return found
    },
    differs: {
      row: 'A temporary table',
      as: { name: 'error', message: 'relation "scratch" does not exist', code: '42P01' },
    },
  },
  'know the schemas and the tables': {
    body: ({ db }) =>
      inLab(db, async (lab) => {
        await lab
          .createTable('person')
          .addColumn('id', 'serial')
          .addColumn('name', 'text', (column) => column.notNull().defaultTo('x'))
          .execute()
        const tables = await db.introspection.getTables()
        const schemas = await db.introspection.getSchemas()
        const internal = await db.introspection.getTables({ withInternalKyselyTables: true })
        return JSON.parse(JSON.stringify([tables, schemas, internal.length]))
      }),
  },
  'know them in a transaction': {
    body: ({ db }) =>
      db.transaction().execute(async (trx) => {
        const tables = await trx.introspection.getTables()
        return tables.map(({ schema, name }) => `${schema}.${name}`)
      }),
  },
})
