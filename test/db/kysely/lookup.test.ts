import { expect } from 'chai'
import knexPackage from 'knex'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { defineConfig } from '../../../src/config/config.ts'
import { createTenancy, TenantDialect, TenantPlugin } from '../../../src/index.ts'
import {
  createTenancy as createKnexTenancy,
  forTenant,
  tenantClient,
} from '../../../src/knex/index.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../../support/postgres.ts'

interface Tables {
  tenants: { id: number; hostname: string; title: string | null }
  api_keys: { tenant_id: number; hash: Buffer }
  members: { tenant_id: number; user_id: string; role: string | null }
}

const config = (url: string) =>
  defineConfig({
    roles: { app: roleName(url, 'app'), admin: roleName(url, 'admin') },
    tables: { tenants: { column: 'id' }, api_keys: {}, members: {} },
    lookups: {
      tenantOfHost: { table: 'tenants', by: 'hostname' },
      tenantOfKey: { table: 'api_keys', by: 'hash' },
      tenantsOfUser: { table: 'members', by: 'user_id', many: true },
    },
  })

describe('tenancy.lookup', () => {
  let database: TestDatabase
  let tenancy: ReturnType<typeof open>['tenancy']
  let db: Kysely<Tables>

  function open(url: string) {
    const tenancy = createTenancy(config(url))
    const pool = (login: string) =>
      new pg.Pool({ connectionString: loginUrl(url, roleName(url, login)), max: 1 })
    const dialect = new TenantDialect({ tenancy, pool: pool('app'), adminPool: pool('admin') })
    const db = new Kysely<Tables>({ dialect, plugins: [new TenantPlugin({ tenancy })] })
    return { tenancy, db }
  }

  before(async () => {
    database = await createDatabase()
    const { url } = database
    const [app, admin] = [roleName(url, 'app'), roleName(url, 'admin')]
    await withClient(url, (owner) =>
      owner.query(`
        create role ${app} login password 'secret'; create role ${admin} login password 'secret';
        create extension if not exists citext;
        create table tenants (id serial primary key, hostname citext not null unique, title text);
        create table api_keys (tenant_id int not null references tenants, hash bytea primary key);
        create table members (tenant_id int not null, user_id text, role text, primary key (tenant_id, user_id));
        insert into tenants (hostname) values ('acme.test'), ('globex.test');
        insert into api_keys values (2, '\\x0aff');
        insert into members values (1, 'sue'), (2, 'sue'), (2, 'tom');
        grant select, insert, update, delete on all tables in schema public to ${app}, ${admin};
        grant usage on all sequences in schema public to ${app}, ${admin}`),
    )
    await applyPlan(url, config(url))
    ;({ tenancy, db } = open(url))
  })
  after(async () => {
    await db.destroy()
    await database.drop()
  })

  it('gives the tenant of a key outside of every scope, and in each kind of them', async () => {
    const find = () => tenancy.lookup(db, 'tenantOfHost', 'globex.test')
    expect(await find()).to.equal('2')
    expect(await tenancy.run(1, find)).to.equal('2')
    expect(await tenancy.runGlobal(find)).to.equal('2')
    expect(await tenancy.runAsAdmin(find)).to.equal('2')
    expect(await tenancy.impersonate(1, { actor: 'sue', reason: 'ticket' }, find)).to.equal('2')
    const acme = tenancy.forTenant(db, 1)
    expect(await tenancy.lookup(acme, 'tenantOfHost', 'acme.test')).to.equal('1')
    const inTransaction = tenancy.run(1, () =>
      db.transaction().execute((trx) => tenancy.lookup(trx, 'tenantOfHost', 'globex.test')),
    )
    expect(await inTransaction).to.equal('2')
  })

  it('compares as the column does, gives undefined for no row, and every tenant where there are many', async () => {
    expect(await tenancy.lookup(db, 'tenantOfHost', 'ACME.test')).to.equal('1')
    expect(await tenancy.lookup(db, 'tenantOfKey', Buffer.from([10, 255]))).to.equal('2')
    for (const key of ['%', 'acme', '', 'a\0', "' or true --", null, undefined]) {
      expect(await tenancy.lookup(db, 'tenantOfHost', key)).to.equal(undefined)
    }
    expect((await tenancy.lookup(db, 'tenantsOfUser', 'sue')).toSorted()).to.deep.equal(['1', '2'])
    expect(await tenancy.lookup(db, 'tenantsOfUser', 'eve')).to.deep.equal([])
    expect(await tenancy.lookup(db, 'tenantsOfUser', null)).to.deep.equal([])
  })

  it('leaves no scope behind, and the login sees no tenant by itself', async () => {
    await tenancy.lookup(db, 'tenantOfHost', 'acme.test')
    expect(tenancy.current()).to.equal(undefined)
    const refused = await db
      .selectFrom('tenants')
      .selectAll()
      .execute()
      .catch((error) => error.code)
    expect(refused).to.equal('TENANT.MISSING')
    const { rows } = await tenancy.runGlobal(() => sql`select * from tenants`.execute(db))
    expect(rows).to.deep.equal([])
  })

  it('refuses names and keys that can be none', async () => {
    const code = (name: string, key: unknown) =>
      tenancy
        .lookup(db, name as 'tenantOfHost', key as string)
        .catch(({ code, message }) => `${code} ${message}`)
    expect(await code('tenantOfHots', 'a')).to.equal(
      'LOOKUP.INVALID The config has no lookup tenantOfHots; did you mean tenantOfHost?; nothing was sent.',
    )
    expect(await code('toString', 'a')).to.match(/has no lookup toString/)
    for (const key of [{ like: '%' }, ['a'], true, Number.NaN, () => 1]) {
      expect(await code('tenantOfHost', key)).to.match(
        /^LOOKUP.INVALID The key of tenantOfHost is a string/,
      )
    }
  })

  it('comes before a scope: a request by its host, and a tenant that is created', async () => {
    const tenant = (await tenancy.lookup(db, 'tenantOfHost', 'acme.test')) ?? ''
    const seen = await tenancy.run(tenant, () =>
      db.selectFrom('members').select('user_id').execute(),
    )
    expect(seen).to.deep.equal([{ user_id: 'sue' }])

    const id = 7
    await tenancy.run(id, () =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('tenants').values({ id, hostname: 'new.test' }).execute()
        await sql`insert into members (user_id) values ('ann')`.execute(trx)
      }),
    )
    expect(await tenancy.lookup(db, 'tenantOfHost', 'new.test')).to.equal('7')
    expect(await tenancy.lookup(db, 'tenantsOfUser', 'ann')).to.deep.equal(['7'])
  })

  it('does the same over Knex', async () => {
    const { url } = database
    const scopes = createKnexTenancy(config(url))
    const knex = knexPackage({
      client: tenantClient({ tenancy: scopes }),
      connection: loginUrl(url, roleName(url, 'app')),
      pool: { min: 0, max: 1 },
    })
    try {
      expect(await scopes.lookup(knex, 'tenantOfHost', 'acme.test')).to.equal('1')
      expect(await scopes.lookup(knex, 'tenantOfHost', 'what?')).to.equal(undefined)
      expect(await scopes.lookup(knex, 'tenantOfKey', Buffer.from([10, 255]))).to.equal('2')
      const all = await scopes.run(1, () => scopes.lookup(knex, 'tenantsOfUser', 'tom'))
      expect(all).to.deep.equal(['2'])
      expect(await scopes.lookup(forTenant(knex, 1), 'tenantOfHost', 'globex.test')).to.equal('2')
      const inTransaction = await scopes.run(1, () =>
        knex.transaction((trx) => scopes.lookup(trx, 'tenantOfHost', 'globex.test')),
      )
      expect(inTransaction).to.equal('2')
    } finally {
      await knex.destroy()
    }
  })
})
