import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { createTenancy, TenantDialect } from '../../../../src/index.ts'
import { withClient } from '../../../support/postgres.ts'
import { STRATEGIES, strategyOptions } from '../../../support/strategies.ts'
import { A, B, createWorld, type Tables, type TenantWorld } from '../../../support/tenants.ts'

const STATE = sql<{ state: string }>`
  select session_user || ' ' || current_user || ' ' || current_setting('search_path') || ' '
      || current_setting('statement_timeout') as state,
    (select count(*)::int from pg_depend where refclassid = 2615
      and refobjid = pg_my_temp_schema()) as temporary`

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

describe('residue with names and logins of all kinds', () => {
  let world: TenantWorld
  before(async () => {
    world = await createWorld()
    const role = quoted(`${world.name}_Größe, "y" $1`)
    await withClient(world.url, (admin) =>
      admin.query(`
        create role ${quoted(login())} login superuser password 'secret';
        create role ${role};
        create schema "Attic, ""x"" \\";
        create function leave_all() returns int language plpgsql as $body$
          begin
            set search_path = "Attic, ""x"" \\", "$user";
            set role ${role};
            create temp table "Left ""over" (id int);
            set statement_timeout = '3min';
            return 1;
          end $body$`),
    )
  })
  after(() => world.drop())

  const login = () => `${world.name}_O'Brien "x" \\`

  /** What connect hooks set, the path then, and as a clean-up spells it. */
  const PATHS = [
    { set: '', path: '"$user", public', spelled: '"$user", public' },
    { set: `select set_config('search_path', '', false)`, path: '', spelled: '""' },
    {
      set: `select set_config('search_path', 'public,pg_temp', false)`,
      path: 'public,pg_temp',
      spelled: 'public, pg_temp',
    },
    {
      set: `set search_path = "Attic, ""x"" \\", public`,
      path: '"Attic, ""x"" \\", public',
      spelled: '"Attic, ""x"" \\", public',
    },
  ]

  const openPool = (set: string) => {
    const { hostname, port } = new URL(world.url)
    const pool = new pg.Pool({
      host: hostname,
      port: Number(port),
      database: world.name,
      user: login(),
      password: 'secret',
      max: 1,
    })
    if (set !== '') pool.on('connect', (client) => void client.query(set))
    return pool
  }

  for (const strategy of STRATEGIES) {
    for (const { set, path, spelled } of PATHS) {
      it(`${strategy}: a role, a login and schemas that need quotes; the path is ${path}`, async () => {
        const pool = openPool(set)
        const tenancy = createTenancy({ tables: ['projects'] })
        const db = new Kysely<Tables>({
          dialect: new TenantDialect({ tenancy, pool, guard: 'off', ...strategyOptions(strategy) }),
        })
        const read = async () => (await tenancy.run(B, () => STATE.execute(db))).rows
        const leave = (text: string) => tenancy.run(A, () => sql.raw(text).execute(db))
        const own = (path: string) => [{ state: `${login()} ${login()} ${path} 0`, temporary: 0 }]
        try {
          expect(await read()).to.deep.equal(own(path))
          await leave('select public.leave_all()')
          expect(await read()).to.deep.equal(own(spelled))
          // Only a superuser can be another login.
          await leave(`do $$ begin execute 'set session authorization ${world.name}_app'; end $$`)
          expect(await read()).to.deep.equal(own(spelled))
          expect(pool.totalCount).to.equal(1)
        } finally {
          await db.destroy()
        }
      })
    }
  }
})
