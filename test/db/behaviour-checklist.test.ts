import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { audit } from '../../src/audit/audit.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import {
  apiForms,
  createChecklistWorld,
  ID_TYPES,
  openIdType,
  SCOPES,
} from '../support/checklist-world.ts'
import { withClient } from '../support/postgres.ts'
import { STRATEGIES } from '../support/strategies.ts'
import {
  A,
  B,
  nextUser,
  openAll,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../support/tenants.ts'

type Row = Tables['projects']

const CLEAN = { tenant: null, rows: 0, inTransaction: false }

const ROWS: readonly Row[] = [
  { tenant_id: A, id: 1, title: 'a one' },
  { tenant_id: A, id: 2, title: 'a two' },
  { tenant_id: B, id: 1, title: 'b one' },
  { tenant_id: B, id: 3, title: 'b three' },
]
const of = (tenant: string) => ROWS.filter(({ tenant_id }) => tenant_id === tenant)

// Far apart in meaning, near in spelling: by a prefix, by case, behind byte 63, by what SQL, LIKE and
// placeholders read in them.
const SIMILAR_IDS = [
  ...['b', 'tenant_b', 'tenant_', 'tenantXb', 'acme', 'Acme', 'acme%', 'acme%%', 'acme_', 'acme:1'],
  ...["o'brien", "o''brien", '"acme"', 'ac\\me', 'ac\\\\me', '$1', '$2', '{a}', 'ac me', 'ac\nme'],
  ...["'; drop table projects; --", '🦊', 'caf\u00e9', 'cafe\u0301', 'null', '__proto__', 'שלום'],
  ...[`${'x'.repeat(63)}1`, `${'x'.repeat(63)}2`, 'y'.repeat(1023), 'y'.repeat(1024)],
]

const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    (value) => expect.fail(`it was expected to fail and gave ${JSON.stringify(value)}`),
    (error) => error,
  )
const codeOf = async (promise: Promise<unknown>) => (await failure(promise)).code

for (const strategy of STRATEGIES) {
  describe(`behaviour checklist, ${strategy}`, () => {
    let world: TenantWorld
    let all: Kysely<Tables>
    let app: TenantDb

    before(async () => {
      world = await createChecklistWorld()
      all = openAll(world)
    })
    after(async () => {
      await all.destroy()
      await world.drop()
    })
    beforeEach(async () => {
      await all.deleteFrom('projects').execute()
      await all
        .insertInto('projects')
        .values([...ROWS])
        .execute()
      app = openDb(world, { dialect: { strategy } })
    })
    afterEach(() => app[Symbol.asyncDispose]())

    /** What is really in the table, whatever the policies show. */
    const stored = (tenant?: string): Promise<Row[]> =>
      all
        .selectFrom('projects')
        .select(['tenant_id', 'id', 'title'])
        .$if(tenant !== undefined, (query) => query.where('tenant_id', '=', tenant ?? ''))
        .orderBy(sql`tenant_id collate "C"`)
        .orderBy('id')
        .execute()
    const seen = (db: Kysely<Tables>) =>
      db.selectFrom('projects').select(['tenant_id', 'id', 'title']).orderBy('id')
    const seenBy = (tenant: string) => app.tenancy.run(tenant, () => seen(app.db).execute())
    const asAdmin = <T>(body: () => T) => app.tenancy.runAsAdmin(body)

    describe('tenants', () => {
      it('6 nothing is registered, whether no tenant was seen or many', async () => {
        const registered = () =>
          withClient(world.url, async (client) => {
            const { rows } = await client.query(
              `
            select (select count(*)::int from pg_roles where starts_with(rolname, $1)) as roles,
              (select count(*)::int from pg_class) as relations,
              (select count(*)::int from pg_policy) as policies,
              (select count(*)::int from pg_db_role_setting s
                left join pg_database d on d.oid = s.setdatabase
                left join pg_roles r on r.oid = s.setrole
                where d.datname = $1 or starts_with(r.rolname, $1)) as settings`,
              [world.name],
            )
            return rows[0]
          })
        const before = await registered()
        for (let i = 0; i < 20; i++) await seenBy(`new-${i}`)
        await app.tenancy.run('new-0', () =>
          app.db.insertInto('projects').values({ id: 1, title: 't', tenant_id: 'new-0' }).execute(),
        )
        expect(await registered()).to.deep.equal(before)
        expect(before.roles).to.equal(2)
      })

      it('7 a new tenant works at once, from six concurrent scopes', async () => {
        await app[Symbol.asyncDispose]()
        app = openDb(world, { pool: { max: 6 }, dialect: { strategy } })
        const ids = [1, 2, 3, 4, 5, 6]
        const insert = (id: number) =>
          app.tenancy.run('brand-new', () =>
            app.db
              .insertInto('projects')
              .values({ id, title: 't', tenant_id: 'brand-new' })
              .execute(),
          )
        await Promise.all(ids.map(insert))
        expect((await seenBy('brand-new')).map(({ id }) => id)).to.deep.equal(ids)
        expect(app.pool.totalCount).to.equal(6)
      })

      it('8 and 9 a tenant needs no creation and no existence: without rows it sees none, and nothing fails', async () => {
        expect(await seenBy('never heard of')).to.deep.equal([])
        const gone = await app.tenancy.run(A, () =>
          app.db.deleteFrom('projects').returning('id').execute(),
        )
        expect(gone).to.have.length(2)
        expect(await seenBy(A)).to.deep.equal([])
        expect(await stored()).to.deep.equal(of(B))

        const { rows } = await withClient(world.appUrl, (client) =>
          client.query(`
          select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls as "privileged",
            has_database_privilege(current_database(), 'create') as "createsSchemas",
            has_schema_privilege('public', 'create') as "createsTables"
          from pg_roles r where r.rolname = current_user`),
        )
        expect(rows).to.deep.equal([
          { privileged: false, createsSchemas: false, createsTables: false },
        ])
      })
    })

    describe('scopes', () => {
      it('11 the admin scope is explicit, sees all, and is its own login', async () => {
        const login = async () => {
          const { rows } = await sql<{ login: string }>`select session_user as login`.execute(
            app.db,
          )
          return rows[0]?.login
        }
        expect(await asAdmin(login)).to.equal(`${world.name}_admin`)
        expect(await app.tenancy.run(A, login)).to.equal(`${world.name}_app`)
        expect(await asAdmin(() => seen(app.db).execute())).to.have.deep.members([...ROWS])
        // Back in the scope around it, and not for what another scope does meanwhile.
        await app.tenancy.run(A, async () => {
          expect(await asAdmin(() => seen(app.db).execute())).to.have.length(4)
          expect(await seen(app.db).execute()).to.deep.equal(of(A))
        })
        const withoutPool = openDb(world, { dialect: { strategy, adminPool: undefined } as object })
        const asked = withoutPool.tenancy.runAsAdmin(() => seen(withoutPool.db).execute())
        expect(await codeOf(asked)).to.equal('ADMIN.NO_POOL')
        await withoutPool[Symbol.asyncDispose]()
      })

      for (const idType of ID_TYPES) {
        const [one, other] = idType.ids
        it(`12 each tenant sees exactly its rows: ${idType.schema.replace('of_', '').replace('_', ' ')} ids`, async () => {
          const typed = openIdType(world, idType, { strategy })
          try {
            const rows = (tenant: string) =>
              typed.tenancy.run(tenant, () =>
                typed.db.selectFrom('projects').select(['tenant_id', 'id']).orderBy('id').execute(),
              )
            const spelled = async (tenant: string) =>
              (await rows(tenant)).map(({ tenant_id, id }) => `${tenant_id} ${id}`)
            expect(await spelled(one)).to.deep.equal([`${one} 1`, `${one} 2`])
            expect(await spelled(other)).to.deep.equal([`${other} 1`])
            // The default of the column fills the tenant in.
            const added = await typed.tenancy.run(other, () =>
              sql<Row>`insert into projects (id, title) values (9, 'x') returning tenant_id`.execute(
                typed.db,
              ),
            )
            expect(String(added.rows[0]?.tenant_id)).to.equal(other)
            const gone = await typed.tenancy.run(other, () =>
              typed.db.deleteFrom('projects').where('id', '=', 9).returning('id').execute(),
            )
            expect(gone).to.deep.equal([{ id: 9 }])
          } finally {
            await typed[Symbol.asyncDispose]()
          }
        })
      }

      it('13 the admin inserts for every tenant and reads all', async () => {
        const rows = [A, B, 'tenant-c'].map((tenant_id) => ({
          tenant_id,
          id: 9,
          title: 'by admin',
        }))
        await asAdmin(() => app.db.insertInto('projects').values(rows).execute())
        expect(await asAdmin(() => seen(app.db).execute())).to.have.deep.members([...ROWS, ...rows])
        expect(await seenBy(A)).to.deep.equal([...of(A), rows[0]])
        expect(await seenBy('tenant-c')).to.deep.equal([rows[2]])
      })
    })

    // Items 10, 12 and 14 to 17 for one tenant beside another, in every way to say them.
    for (const [scope, within] of Object.entries(SCOPES)) {
      for (const [name, form] of Object.entries(apiForms(() => all))) {
        describe(`18 ${scope}, ${name}`, () => {
          const isRaw = name === 'raw SQL'
          const inA = <T>(body: (db: Kysely<Tables>) => T) => within(app, A, body)

          it('10 the setting on the server is the tenant', async () => {
            const setting = (db: Kysely<Tables>) =>
              db.selectNoFrom(sql<string>`current_setting('app.tenant_id')`.as('tenant'))
            expect(await inA((db) => form(db, setting))).to.deep.equal([{ tenant: A }])
          })

          it('12 each tenant sees exactly its rows', async () => {
            expect(await inA((db) => form(db, seen))).to.deep.equal(of(A))
            expect(await within(app, B, (db) => form(db, seen))).to.deep.equal(of(B))
          })

          it('14 an insert for another tenant is refused', async () => {
            const insert = (tenant_id: string | ReturnType<typeof sql<string>>) =>
              inA((db) =>
                form(db, (own) =>
                  own
                    .insertInto('projects')
                    .values({ id: 9, title: 't', tenant_id })
                    .returning('id'),
                ),
              )
            const refused = isRaw ? 'TENANT.VIOLATION' : 'TENANT.MISMATCH'
            expect(await codeOf(insert(B))).to.equal(refused)
            const violation = await failure(insert(sql<string>`${B}`))
            expect(violation.code).to.equal('TENANT.VIOLATION')
            expect(violation.message).to.contain('projects').and.contain(A)
            expect((violation.cause as { code: string }).code).to.equal('42501')
            expect(await stored()).to.deep.equal(ROWS)
          })

          it('15 a delete aimed at another tenant deletes nothing', async () => {
            const deleteWhere = (tenant: string) =>
              inA((db) =>
                form(db, (own) =>
                  own.deleteFrom('projects').where('tenant_id', '=', tenant).returning('id'),
                ),
              )
            expect(await deleteWhere(B)).to.deep.equal([])
            expect(await stored()).to.deep.equal(ROWS)
            expect(await deleteWhere(A)).to.have.length(2)
            expect(await stored()).to.deep.equal(of(B))
          })

          it('16 an update aimed at another tenant changes and moves nothing', async () => {
            const updateWhere = (tenant: string) =>
              inA((db) =>
                form(db, (own) =>
                  own
                    .updateTable('projects')
                    .set({ title: 'mine' })
                    .where('tenant_id', '=', tenant)
                    .returning('id'),
                ),
              )
            const steal = inA((db) =>
              form(db, (own) =>
                own
                  .updateTable('projects')
                  .set({ tenant_id: A })
                  .where('id', '=', 3)
                  .returning('id'),
              ),
            )
            expect(await steal).to.deep.equal([])
            expect(await updateWhere(B)).to.deep.equal([])
            expect(await stored()).to.deep.equal(ROWS)
            expect(await updateWhere(A)).to.have.length(2)
            expect(await stored(B)).to.deep.equal(of(B))
          })

          it('17 own rows are inserted, updated and deleted, and cannot be moved away', async () => {
            const row = { tenant_id: A, id: 9, title: 'nine' }
            await inA((db) =>
              form(db, (own) => own.insertInto('projects').values(row).returning('id')),
            )
            expect(await stored(A)).to.deep.equal([...of(A), row])
            await inA((db) =>
              form(db, (own) =>
                own.updateTable('projects').set({ title: '9' }).where('id', '=', 9).returning('id'),
              ),
            )
            expect(await stored(A)).to.deep.equal([...of(A), { ...row, title: '9' }])
            const move = (tenant_id: string | ReturnType<typeof sql<string>>) =>
              inA((db) =>
                form(db, (own) =>
                  own
                    .updateTable('projects')
                    .set({ tenant_id })
                    .where('id', '=', 9)
                    .returning('id'),
                ),
              )
            expect(await codeOf(move(B))).to.equal(isRaw ? 'TENANT.VIOLATION' : 'TENANT.MISMATCH')
            expect(await codeOf(move(sql<string>`${B}`))).to.equal('TENANT.VIOLATION')
            await inA((db) =>
              form(db, (own) => own.deleteFrom('projects').where('id', '=', 9).returning('id')),
            )
            expect(await stored()).to.deep.equal(ROWS)
          })

          it('19 the next checkout is clean, after success as after an error', async () => {
            await inA((db) => form(db, seen))
            expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
            const broken = (db: Kysely<Tables>) => db.selectNoFrom(sql<number>`1 / 0`.as('x'))
            expect(await codeOf(inA((db) => form(db, broken)))).to.equal('22012')
            expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
            expect(await within(app, B, (db) => form(db, seen))).to.deep.equal(of(B))
          })

          it('22 an id is carried exactly', async () => {
            const setting = (db: Kysely<Tables>) =>
              db.selectNoFrom(sql<string>`current_setting('app.tenant_id')`.as('tenant'))
            for (const tenant of SIMILAR_IDS) {
              expect(await within(app, tenant, (db) => form(db, setting))).to.deep.equal([
                { tenant },
              ])
            }
          })
        })
      }
    }

    describe('from the bugs', () => {
      it('19 the next checkout is clean after commit and rollback, and the admin after it sees all', async () => {
        for (const end of ['commit', 'rollback'] as const) {
          await app.tenancy.run(A, async () => {
            const trx = await app.db.startTransaction().execute()
            expect(await seen(trx).execute()).to.deep.equal(of(A))
            await trx[end]().execute()
          })
          expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
          expect(await asAdmin(() => seen(app.db).execute())).to.have.length(4)
        }
      })

      it('20 after commit or rollback inside the scope the tenant is kept, and the transaction closed', async () => {
        for (const end of ['commit', 'rollback'] as const) {
          await app.tenancy.run(A, async () => {
            const trx = await app.db.startTransaction().execute()
            await trx[end]().execute()
            expect((await failure(seen(trx).execute())).message).to.match(
              /already (committed|rolled back)/,
            )
            expect(await seen(app.db).execute()).to.deep.equal(of(A))
          })
        }
      })

      it('20 commit and rollback as raw SQL do not widen', async () => {
        for (const end of ['commit', 'rollback', 'end', 'abort']) {
          await app.tenancy.run(A, () =>
            app.db.connection().execute(async (db) => {
              await sql`begin`.execute(db)
              expect(await seen(db).execute()).to.deep.equal(of(A))
              await sql.raw(end).execute(db)
              expect(await seen(db).execute()).to.deep.equal(of(A))
            }),
          )
          expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
        }
      })

      it('20 a caught constraint error, rolled back to a savepoint, keeps the tenant', async () => {
        await app.tenancy.run(A, async () => {
          const trx = await app.db.startTransaction().execute()
          const saved = await trx.savepoint('before_insert').execute()
          const twice = saved.insertInto('projects').values({ id: 1, title: 't', tenant_id: A })
          expect(await codeOf(twice.execute())).to.equal('23505')
          // Closed until it is rolled back, not open to all.
          expect(await codeOf(seen(saved).execute())).to.equal('25P02')
          await saved.rollbackToSavepoint('before_insert').execute()
          expect(await seen(trx).execute()).to.deep.equal(of(A))
          await trx.commit().execute()
        })
        expect(await stored()).to.deep.equal(ROWS)
      })

      const WIDENING = [
        ...['reset app.tenant_id', 'reset all', 'discard all', `set app.tenant_id = '${B}'`],
        ...[`set session app.tenant_id = '${B}'`, `set local app.tenant_id = '${B}'`, 'reset role'],
        ...['set role none', 'reset session authorization', 'set session authorization default'],
        ...[`select set_config('app.tenant_id', '${B}', false)`, 'set row_security = off'],
        ...[`select set_config('app.tenant_id', '${B}', true)`, `set app.tenant_id = ''`],
        ...['deallocate all', 'discard plans', 'rollback', 'commit'],
      ]
      for (const statement of WIDENING) {
        it(`21 user SQL does not widen: ${statement}`, async () => {
          for (const builder of [app.db.connection(), app.db.transaction()]) {
            const after = app.tenancy.run(A, () =>
              builder.execute(async (db) => {
                await sql
                  .raw(statement)
                  .execute(db)
                  .catch(() => undefined)
                return seen(db).execute()
              }),
            )
            // Its own rows, or an error: the transaction is gone, or PostgreSQL refuses the statement.
            const rows = await after.catch((error: Error) => error)
            if (!(rows instanceof Error)) expect(rows).to.deep.equal(of(A))
            expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
            expect(await seenBy(B)).to.deep.equal(of(B))
          }
        })
      }

      it('22 similar ids stay distinct', async () => {
        for (const [index, tenant_id] of SIMILAR_IDS.entries()) {
          const row = { tenant_id, id: index, title: 'its own' }
          await app.tenancy.run(tenant_id, () =>
            app.db.insertInto('projects').values(row).execute(),
          )
        }
        for (const [index, tenant_id] of SIMILAR_IDS.entries()) {
          expect(await seenBy(tenant_id)).to.deep.equal([
            { tenant_id, id: index, title: 'its own' },
          ])
        }
        expect(await stored()).to.have.length(ROWS.length + SIMILAR_IDS.length)
      })

      it(`23 an error while the tenant is bound ends the statement${strategy === 'set-local' ? ', and set_config is not needed' : ''}`, async () => {
        const insert = (id: number) =>
          app.tenancy.run(A, () =>
            app.db.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute(),
          )
        const inTransaction = () =>
          app.tenancy.run(A, () => app.db.transaction().execute((trx) => seen(trx).execute()))
        const execute = 'execute on function pg_catalog.set_config(text, text, boolean)'
        await withClient(world.url, (client) => client.query(`revoke ${execute} from public`))
        try {
          if (strategy === 'set-local') {
            await insert(9)
            expect(await seenBy(A)).to.have.length(3)
            expect(await inTransaction()).to.have.length(3)
          } else {
            expect(await codeOf(insert(9))).to.equal('42501')
            expect(await codeOf(seenBy(A))).to.equal('42501')
            expect(await codeOf(inTransaction())).to.equal('42501')
          }
        } finally {
          await withClient(world.url, (client) => client.query(`grant ${execute} to public`))
        }
        const own =
          strategy === 'set-local' ? [...of(A), { tenant_id: A, id: 9, title: 't' }] : of(A)
        expect(await stored()).to.deep.equal([...own, ...of(B)])
        expect(await seenBy(A)).to.deep.equal(own)
        expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
      })

      it('24 what the callback throws passes unchanged, whatever it is', async () => {
        class NoSuchTenant extends Error {
          readonly code = 'TENANT.INVALID'
        }
        const thrown = [
          new NoSuchTenant('mine'),
          new TypeError('t'),
          { code: '42501' },
          'text',
          null,
        ]
        const { db, tenancy } = app
        for (const value of thrown) {
          const body = async () => {
            await seen(db).execute()
            throw value
          }
          const inTransaction = () =>
            db.transaction().execute(async (trx) => {
              await seen(trx).execute()
              throw value
            })
          const inConnection = () =>
            db.connection().execute(async () => {
              throw value
            })
          for (const run of [body, inTransaction, inConnection]) {
            expect(await failure(tenancy.run(A, run))).to.equal(value)
            expect(await failure(tenancy.runAsAdmin(run))).to.equal(value)
          }
          expect(() =>
            tenancy.run(A, () => {
              throw value
            }),
          ).to.throw()
        }
        expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
      })

      it('25 an insert works where the database makes the key: identity and serial', async () => {
        const insert = (tenant: string) =>
          app.tenancy.run(tenant, () =>
            sql`insert into tickets (title) values ('t') returning tenant_id, id, number`.execute(
              app.db,
            ),
          )
        expect((await insert(A)).rows).to.deep.equal([{ tenant_id: A, id: '1', number: 1 }])
        expect((await insert(B)).rows).to.deep.equal([{ tenant_id: B, id: '2', number: 2 }])
        const read = app.tenancy.run(A, () => sql`select number from tickets`.execute(app.db))
        expect((await read).rows).to.deep.equal([{ number: 1 }])
      })
    })

    describe('configuration and introspection', () => {
      const config = (tables: object) =>
        parseConfig({ roles: { app: `${world.name}_app` }, tables })
      const mismatch = async (tables: object) => {
        const error = await withClient(world.url, (client) =>
          failure(audit(client, config(tables))),
        )
        expect(error.code).to.equal('CATALOG.MISMATCH')
        return error.message
      }

      it('1 a table without the tenant column is found, named with its column', async () => {
        const tables = { countries: {} }
        const { findings } = await withClient(world.url, (client) => audit(client, config(tables)))
        const missing = findings.filter(({ check }) => check === 'tenant-column-missing')
        expect(missing.map(({ level, object }) => ({ level, object }))).to.deep.equal([
          { level: 'critical', object: 'public.countries' },
        ])
        expect(missing[0]?.summary).to.include('tenant_id')
      })

      it('2 a tenant column of a type that cannot hold ids is found, and the type is named', async () => {
        const { findings } = await withClient(world.url, async (client) => {
          await client.query('create table floats (tenant_id float8 primary key)')
          return audit(client, config({ floats: {} }))
        })
        const mistyped = findings.filter(({ check }) => check === 'tenant-column-type')
        expect(mistyped.map(({ object, summary }) => `${object}: ${summary}`)).to.deep.equal([
          'public.floats: tenant_id is double precision, which no tenant is.',
        ])
      })

      it('3 what is no table, or is not there, is an error', async () => {
        await withClient(world.url, (client) =>
          client.query('create view titles as select title, tenant_id from projects'),
        )
        expect(await mismatch({ titles: {} })).to.include('public.titles is a view')
        expect(await mismatch({ nowhere: {} })).to.include('Table public.nowhere is missing.')
      })

      it('4 a table with a tenant column that is not listed is not planned, and is found', async () => {
        const { findings } = await withClient(world.url, (client) =>
          audit(client, config({ tickets: {} })),
        )
        const unlisted = findings.filter((f) => f.check === 'unlisted-table-with-tenant-column')
        expect(unlisted.map(({ object }) => object)).to.include('public.projects')
      })

      it('26 a table that the app reaches without row security is found', async () => {
        const { findings } = await withClient(world.url, (client) =>
          audit(client, config({ tickets: {} })),
        )
        const reached = findings.filter(({ check }) => check === 'unclassified-table')
        expect(reached.map(({ object }) => object)).to.include('public.countries')
      })
    })

    describe('from measurements', () => {
      it('29 an id is never cut to the length of the column: another tenant would be read', async () => {
        const varchar = ID_TYPES.find(({ type }) => type === 'varchar')
        if (!varchar) expect.fail('no varchar among the id types')
        const typed = openIdType(world, varchar, { strategy })
        try {
          expect(
            await typed.tenancy.run('acme-two', () => seen(typed.db).execute()),
          ).to.have.length(1)
          expect(
            await typed.tenancy.run('acme-two-more', () => seen(typed.db).execute()),
          ).to.deep.equal([])
        } finally {
          await typed[Symbol.asyncDispose]()
        }
      })

      it('31 a compiled query that is executed in another scope sees the rows of that scope', async () => {
        const compiled = app.tenancy.run(A, () => seen(app.db).compile())
        const { rows } = await app.tenancy.run(B, () => app.db.executeQuery(compiled))
        expect(rows).to.deep.equal(of(B))
      })

      it('32 a serializable transaction has its tenant', async () => {
        const rows = await app.tenancy.run(A, () =>
          app.db
            .transaction()
            .setIsolationLevel('serializable')
            .execute((trx) => seen(trx).execute()),
        )
        expect(rows).to.deep.equal(of(A))
      })
    })
  })
}
