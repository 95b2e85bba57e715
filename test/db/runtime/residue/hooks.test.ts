import { expect } from 'chai'
import { CompiledQuery, type DatabaseConnection, sql } from 'kysely'
import type pg from 'pg'
import type { Guard, TenantPoolConfig } from '../../../../src/index.ts'
import { casesFor, describeResidue, look, type Seen } from '../../../support/residue-bench.ts'
import { A, B } from '../../../support/tenants.ts'

// More than a client has to lose before it gives something up.
const STATEMENTS = 8

/** The statements of hooks, and the state of the session after them. */
const SETS: Readonly<Record<string, Partial<Seen>>> = {
  "set statement_timeout = '90s'": { settings: 'on "$user", public 90s' },
  'set search_path = public, attic': { settings: 'on public, attic 0' },
  "select set_config('search_path', '', false)": { settings: 'on  0' },
  "set time zone 'Europe/Vienna'": {},
  "set application_name = 'hooked'": {},
  "set app.hooked = 'yes'": {},
  'set role ROLE': { user: 'ROLE/APP', titles: ['a one', 'a two', 'b one', 'b three'] },
}

type Hook = (set: string) => {
  readonly dialect?: Partial<TenantPoolConfig>
  readonly on?: 'connect' | 'acquire' | 'release'
}

const kyselyHook = (set: string) => async (connection: DatabaseConnection) => {
  await connection.executeQuery(CompiledQuery.raw(set))
}

const HOOKS: Readonly<Record<string, Hook>> = {
  "pool.on('connect')": () => ({ on: 'connect' }),
  "pool.on('acquire')": () => ({ on: 'acquire' }),
  "pool.on('release')": () => ({ on: 'release' }),
  onCreateConnection: (set) => ({ dialect: { onCreateConnection: kyselyHook(set) } }),
  onReserveConnection: (set) => ({ dialect: { onReserveConnection: kyselyHook(set) } }),
}

// A setting that a clean-up would take back, and what refuses a statement.
const FEW = ["set statement_timeout = '90s'", 'set role ROLE']

describeResidue('a hook that sets something', (bench) => {
  const reporting = () => `${bench.world.name}_reporting`

  /** The connections that the statements took. */
  const run = async (text: string, { dialect, on }: ReturnType<Hook>, guard: Guard) => {
    await bench.reopen({ dialect: { ...dialect, guard } })
    const { pool, tenancy, db } = bench.app
    let connections = 0
    pool.on('connect', () => connections++)
    const sent: Promise<unknown>[] = []
    const send = (client: pg.PoolClient) => sent.push(client.query(text))
    if (on === 'release') pool.on('release', (_, client) => send(client))
    else if (on) pool.on(on, send)

    for (let i = 0; i < STATEMENTS; i++) {
      const tenant = i % 2 === 0 ? A : B
      const read = sql`select tenant_id from public.projects where tenant_id = ${tenant}`
      const { rows } = await tenancy.run(tenant, () => read.execute(db))
      expect(rows).to.deep.equal([{ tenant_id: tenant }, { tenant_id: tenant }])
    }
    await Promise.all(sent)
    return connections
  }

  // Without a guard the first statement of a connection is that of the tenant.
  for (const guard of ['error', 'off'] satisfies Guard[]) {
    const all = guard === 'error' ? Object.keys(SETS) : FEW
    for (const [name, hook] of Object.entries(HOOKS)) {
      for (const set of casesFor(bench.strategy, { all, few: FEW })) {
        it(`${name}, ${set}, guard ${guard}: ${STATEMENTS} statements, one connection`, async () => {
          const made = hook(set.replace('ROLE', reporting()))
          expect(await run(set.replace('ROLE', reporting()), made, guard)).to.equal(1)
          // A setting that a hook makes when a client comes stays; one that it makes when a client
          // goes is taken back.
          const expected: Partial<Seen> = made.on === 'release' ? {} : (SETS[set] ?? {})
          const user = expected.user?.replace('ROLE', reporting()).replace('APP', bench.clean.user)
          expect(await bench.inB(look)).to.deep.equal({
            ...bench.clean,
            ...expected,
            user: user ?? bench.clean.user,
          })
        })
      }
    }
  }

  it('keeps what a connect hook has set behind a function that set something else', async () => {
    await bench.reopen({})
    bench.app.pool.on('connect', (client) => {
      void client.query(`set statement_timeout = '90s'; set search_path = "$user", attic`)
      void client.query(`create temp table hooked as select 'of the hook' as title; listen hooked`)
    })
    const state = async () => {
      const { rows } = await bench.inB((db) =>
        sql`select title, current_setting('statement_timeout') as timeout,
          current_setting('search_path') as path, pg_listening_channels() as channel,
          (select count(*)::int from pg_depend where refclassid = 2615
            and refobjid = pg_my_temp_schema()) as temporary from pg_temp.hooked`.execute(db),
      )
      return rows
    }
    const path = '"$user", attic'
    const own = { title: 'of the hook', timeout: '90s', path, channel: 'hooked', temporary: 1 }
    for (const kind of [
      'search_path',
      'statement_timeout',
      'temporary function',
      'role',
    ] as const) {
      expect(await state()).to.deep.equal([own])
      await bench.inA((db) => sql`select public.leave(${kind})`.execute(db))
    }
    await bench.inA((db) =>
      sql`create temp table more as select * from public.projects`.execute(db),
    )
    expect(await state()).to.deep.equal([own])
    expect(bench.app.pool.totalCount).to.equal(1)
  })

  it('has its own role for each request', async () => {
    const { name } = bench.world
    let next = 0
    const roles = [`${name}_app`, `${name}_reporting`]
    await bench.reopen({
      dialect: {
        onReserveConnection: (connection) =>
          kyselyHook(`set role ${roles[next++ % 2]}`)(connection),
      },
    })
    for (let i = 0; i < 6; i++) {
      const { user } = await bench.inB(async (db) => db.connection().execute(look))
      expect(user.split('/')[0]).to.equal(roles[i % 2])
    }
    expect(bench.events).to.deep.equal([])
  })
})
