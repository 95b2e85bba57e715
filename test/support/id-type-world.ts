import { CompiledQuery, type Kysely } from 'kysely'
import type pg from 'pg'
import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import type { Snapshot } from '../../src/catalog/snapshot.ts'
import type { Config, ConfigInput } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import type { TenantType } from '../../src/config/tenant-setting.ts'
import { createTenancy, type TenantPoolConfig } from '../../src/index.ts'
import { plan } from '../../src/migration/plan.ts'
import type { Phase } from '../../src/migration/step.ts'
import { resolveWanted } from '../../src/wanted/resolve-wanted.ts'
import { withClient } from './postgres.ts'
import { createWorld, openDb, type Tables, type TenantDb, type TenantWorld } from './tenants.ts'

/** A schema with a table `projects` whose tenant column is of another type, and two tenants in it. */
export interface IdType {
  readonly schema: string
  readonly column: string
  readonly type: TenantType
  /** One the beginning of the other where the type allows it: neither may be taken for the other. */
  readonly ids: readonly [string, string]
}

export const ID_TYPES: readonly IdType[] = [
  { schema: 'of_integer', column: 'integer', type: 'integer', ids: ['7', '70'] },
  { schema: 'of_uuid', column: 'uuid', type: 'uuid', ids: [uuid('1'), uuid('2')] },
  { schema: 'of_text', column: 'text', type: 'text', ids: ['b', 'tenant_b'] },
  { schema: 'of_bigint', column: 'bigint', type: 'bigint', ids: [`${2n ** 63n - 1n}`, '-1'] },
  { schema: 'of_varchar', column: 'varchar(8)', type: 'varchar', ids: ['acme', 'acme-two'] },
  { schema: 'of_text_domain', column: 'code', type: 'text', ids: ['x', 'X'] },
  { schema: 'of_uuid_domain', column: 'key', type: 'uuid', ids: [uuid('3'), uuid('4')] },
]

function uuid(digit: string): string {
  return `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`
}

/** The world of `createWorld`, tables of every id type, and one whose keys the database makes. */
export async function createIdTypeWorld(): Promise<TenantWorld> {
  const world = await createWorld()
  const [app, admin] = [`${world.name}_app`, `${world.name}_admin`]
  await withClient(world.url, async (client) => {
    await client.query(`
      create domain code as text check (value <> 'forbidden');
      create domain key as uuid;
      create table tickets (
        id bigint generated always as identity, number serial, title text not null,
        tenant_id text not null, primary key (tenant_id, id)
      );
      grant select, insert, update, delete on tickets to ${app}, ${admin};
      grant usage on sequence tickets_number_seq to ${app};
    `)
    for (const { schema, column, ids } of ID_TYPES) {
      await client.query(`
        create schema ${schema};
        create table ${schema}.projects (
          id integer, title text not null, tenant_id ${column} not null, primary key (tenant_id, id)
        );
        insert into ${schema}.projects (tenant_id, id, title) values
          ('${ids[0]}', 1, 'one'), ('${ids[0]}', 2, 'two'), ('${ids[1]}', 1, 'other');
        grant usage on schema ${schema} to ${app}, ${admin};
        grant select, insert, update, delete on ${schema}.projects to ${app}, ${admin};
      `)
    }
  })
  await migrate(world.url, {
    roles: { app, admin },
    tables: ['tickets', ...ID_TYPES.map(({ schema }) => `${schema}.projects`)],
  })
  return world
}

/** An application whose tenants have ids of the type: `projects` is the table of that schema. */
export function openIdType(
  world: TenantWorld,
  { schema, type }: IdType,
  dialect: Partial<TenantPoolConfig>,
): TenantDb {
  return openDb(world, {
    dialect,
    tenancy: createTenancy({ tenant: { type }, schemas: [schema], tables: ['projects'] }),
    pool: { options: `-c search_path=${schema}` },
  })
}

export async function readState(client: pg.Client, config: Config): Promise<Snapshot> {
  const { schemas, tables, global, roles } = config
  const request = { schemas, tables, global, appRoles: roles.app, adminRoles: roles.admin }
  return inReadOnlyTransaction(client, () => readSnapshot(client, request))
}

/** Brings the database to what the config wants; returns what was done. */
export function migrate(url: string, input: ConfigInput): Promise<Phase[]> {
  return withClient(url, async (client) => {
    const config = parseConfig(input)
    const snapshot = await readState(client, config)
    const phases = plan(resolveWanted(config, snapshot), snapshot)
    for (const { up } of phases.flatMap(({ steps }) => steps)) await client.query(up)
    return phases
  })
}

export interface Query<Row> {
  execute(): Promise<Row[]>
  stream(chunkSize?: number): AsyncIterableIterator<Row>
  compile(): CompiledQuery<Row>
}

/** Executes a query in one of the ways Kysely has. */
export type Form = <Row>(
  db: Kysely<Tables>,
  query: (db: Kysely<Tables>) => Query<Row>,
) => Promise<Row[]>

/** Every form, given a Kysely without plugins to compile for raw SQL. */
export function apiForms(plain: () => Kysely<Tables>): Readonly<Record<string, Form>> {
  return {
    query: (db, query) => query(db).execute(),
    transaction: (db, query) => db.transaction().execute((trx) => query(trx).execute()),
    'controlled transaction': async (db, query) => {
      const trx = await db.startTransaction().execute()
      try {
        const rows = await query(trx).execute()
        await trx.commit().execute()
        return rows
      } catch (error) {
        await trx.rollback().execute()
        throw error
      }
    },
    connection: (db, query) => db.connection().execute((own) => query(own).execute()),
    stream: async (db, query) => {
      const rows = []
      for await (const row of query(db).stream(1)) rows.push(row)
      return rows
    },
    'raw SQL': async <Row>(db: Kysely<Tables>, query: (db: Kysely<Tables>) => Query<Row>) => {
      const { sql, parameters } = query(plain()).compile()
      return (await db.executeQuery<Row>(CompiledQuery.raw(sql, [...parameters]))).rows
    },
  }
}

/** The two ways to give a statement its tenant. */
export const SCOPES: Readonly<
  Record<
    'run' | 'forTenant',
    <T>(app: TenantDb, tenant: string, body: (db: Kysely<Tables>) => T) => T
  >
> = {
  run: ({ db, tenancy }, tenant, body) => tenancy.run(tenant, () => body(db)),
  forTenant: ({ db, tenancy }, tenant, body) => body(tenancy.forTenant(db, tenant)),
}
