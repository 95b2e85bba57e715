import { expect } from 'chai'
import { sql } from 'kysely'
import { ID_TYPES, openIdType } from '../../support/id-type-world.ts'
import { withClient } from '../../support/postgres.ts'
import { codeOf, describeRows, ROWS, rowsOf, SIMILAR_IDS, seen } from '../../support/rows-bench.ts'
import { A, B, openDb, type Tables } from '../../support/tenants.ts'

describeRows('tenants and the admin', (bench) => {
  const { strategy } = bench

  it('nothing is registered, whether no tenant was seen or many', async () => {
    const registered = () =>
      withClient(bench.world.url, async (client) => {
        const { rows } = await client.query(
          `
        select (select count(*)::int from pg_roles where starts_with(rolname, $1)) as roles,
          (select count(*)::int from pg_class) as relations,
          (select count(*)::int from pg_policy) as policies,
          (select count(*)::int from pg_db_role_setting s
            left join pg_database d on d.oid = s.setdatabase
            left join pg_roles r on r.oid = s.setrole
            where d.datname = $1 or starts_with(r.rolname, $1)) as settings`,
          [bench.world.name],
        )
        return rows[0]
      })
    const before = await registered()
    for (let i = 0; i < 20; i++) await bench.seenBy(`new-${i}`)
    await bench.app.tenancy.run('new-0', () =>
      bench.app.db
        .insertInto('projects')
        .values({ id: 1, title: 't', tenant_id: 'new-0' })
        .execute(),
    )
    expect(await registered()).to.deep.equal(before)
    expect(before.roles).to.equal(2)
  })

  it('a new tenant works at once, from six concurrent scopes', async () => {
    await bench.reopen({ pool: { max: 6 } })
    const ids = [1, 2, 3, 4, 5, 6]
    const insert = (id: number) =>
      bench.app.tenancy.run('brand-new', () =>
        bench.app.db
          .insertInto('projects')
          .values({ id, title: 't', tenant_id: 'brand-new' })
          .execute(),
      )
    await Promise.all(ids.map(insert))
    expect((await bench.seenBy('brand-new')).map(({ id }) => id)).to.deep.equal(ids)
    expect(bench.app.pool.totalCount).to.equal(6)
  })

  it('a tenant needs no creation and no existence: without rows it sees none, and nothing fails', async () => {
    expect(await bench.seenBy('never heard of')).to.deep.equal([])
    const gone = await bench.app.tenancy.run(A, () =>
      bench.app.db.deleteFrom('projects').returning('id').execute(),
    )
    expect(gone).to.have.length(2)
    expect(await bench.seenBy(A)).to.deep.equal([])
    expect(await bench.stored()).to.deep.equal(rowsOf(B))

    const { rows } = await withClient(bench.world.appUrl, (client) =>
      client.query(`
      select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls as "privileged",
        has_database_privilege(current_database(), 'create') as "createsSchemas",
        has_schema_privilege('public', 'create') as "createsTables"
      from pg_roles r where r.rolname = current_user`),
    )
    expect(rows).to.deep.equal([{ privileged: false, createsSchemas: false, createsTables: false }])
  })

  it('similar ids stay distinct', async () => {
    for (const [index, tenant_id] of SIMILAR_IDS.entries()) {
      const row = { tenant_id, id: index, title: 'its own' }
      await bench.app.tenancy.run(tenant_id, () =>
        bench.app.db.insertInto('projects').values(row).execute(),
      )
    }
    for (const [index, tenant_id] of SIMILAR_IDS.entries()) {
      expect(await bench.seenBy(tenant_id)).to.deep.equal([
        { tenant_id, id: index, title: 'its own' },
      ])
    }
    expect(await bench.stored()).to.have.length(ROWS.length + SIMILAR_IDS.length)
  })

  it('an id is never cut to the length of the column: another tenant would be read', async () => {
    const varchar = ID_TYPES.find(({ type }) => type === 'varchar')
    if (!varchar) expect.fail('no varchar among the id types')
    const typed = openIdType(bench.world, varchar, { strategy })
    try {
      expect(await typed.tenancy.run('acme-two', () => seen(typed.db).execute())).to.have.length(1)
      expect(
        await typed.tenancy.run('acme-two-more', () => seen(typed.db).execute()),
      ).to.deep.equal([])
    } finally {
      await typed[Symbol.asyncDispose]()
    }
  })

  it('the admin scope is explicit, sees all, and is its own login', async () => {
    const login = async () => {
      const { rows } = await sql<{ login: string }>`select session_user as login`.execute(
        bench.app.db,
      )
      return rows[0]?.login
    }
    expect(await bench.asAdmin(login)).to.equal(`${bench.world.name}_admin`)
    expect(await bench.app.tenancy.run(A, login)).to.equal(`${bench.world.name}_app`)
    expect(await bench.asAdmin(() => seen(bench.app.db).execute())).to.have.deep.members([...ROWS])
    // Back in the scope around it, and not for what another scope does meanwhile.
    await bench.app.tenancy.run(A, async () => {
      expect(await bench.asAdmin(() => seen(bench.app.db).execute())).to.have.length(4)
      expect(await seen(bench.app.db).execute()).to.deep.equal(rowsOf(A))
    })
    const withoutPool = openDb(bench.world, {
      dialect: { strategy, adminPool: undefined } as object,
    })
    const asked = withoutPool.tenancy.runAsAdmin(() => seen(withoutPool.db).execute())
    expect(await codeOf(asked)).to.equal('ADMIN.NO_POOL')
    await withoutPool[Symbol.asyncDispose]()
  })

  for (const idType of ID_TYPES) {
    const [one, other] = idType.ids
    it(`each tenant sees exactly its rows: ${idType.schema.replace('of_', '').replace('_', ' ')} ids`, async () => {
      const typed = openIdType(bench.world, idType, { strategy })
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
          sql<
            Tables['projects']
          >`insert into projects (id, title) values (9, 'x') returning tenant_id`.execute(typed.db),
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

  it('the admin inserts for every tenant and reads all', async () => {
    const rows = [A, B, 'tenant-c'].map((tenant_id) => ({
      tenant_id,
      id: 9,
      title: 'by admin',
    }))
    await bench.asAdmin(() => bench.app.db.insertInto('projects').values(rows).execute())
    expect(await bench.asAdmin(() => seen(bench.app.db).execute())).to.have.deep.members([
      ...ROWS,
      ...rows,
    ])
    expect(await bench.seenBy(A)).to.deep.equal([...rowsOf(A), rows[0]])
    expect(await bench.seenBy('tenant-c')).to.deep.equal([rows[2]])
  })
})
