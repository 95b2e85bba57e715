import { expect } from 'chai'
import { applyPlan } from '../support/apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

describe('kysely-tenants explain --road', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    const app = roleName(database.url, 'app')
    await withClient(database.url, (client) =>
      client.query(`
        create role ${app} login;
        create table projects (id int, tenant_id uuid, primary key (tenant_id, id));
        grant select on projects to ${app}`),
    )
    await applyPlan(database.url, config())
    await withClient(database.url, (client) =>
      client.query(`
        create function open() returns bigint language sql security definer
          set search_path = pg_catalog, pg_temp as 'select count(*) from public.projects';
        create function shut() returns bigint language sql security definer
          set search_path = pg_catalog, pg_temp as 'select count(*) from public.projects';
        revoke execute on function shut() from public`),
    )
  })
  after(() => database.drop())

  const config = () => ({
    roles: { app: roleName(database.url, 'app') },
    tables: { projects: {} },
  })

  it('prints the open roads, then the closed ones with what closes them', async () => {
    const { code, out, err } = await runCli(
      ['explain', '--road', 'projects', '--url', database.url, '--json'],
      config(),
    )
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    const { table, roads } = JSON.parse(out)
    const app = roleName(database.url, 'app')
    expect(table).to.equal('projects')
    expect(roads[0]).to.deep.include({ level: 'high', doubt: null, closed: null })
    expect(roads[0].steps.slice(0, 2)).to.deep.equal([
      app,
      'executes public.open(), security definer',
    ])
    expect(roads.map(({ closed }: { closed: string | null }) => closed)).to.include(
      `${app} may not execute public.shut()`,
    )
  })

  it('prints a step on each line', async () => {
    const { out } = await runCli(
      ['explain', '--road', 'public.projects', '--url', database.url],
      config(),
    )
    expect(out).to.match(/^open {2}high\n {2}\S+_app\n {2}→ executes public\.open\(\)/)
    expect(out).to.include('  Closed: ')
  })

  it('refuses a table that is not there', async () => {
    const { code, out } = await runCli(
      ['explain', '--road', 'nothing', '--url', database.url],
      config(),
    )
    expect({ code, out }).to.deep.equal({ code: 2, out: '' })
  })
})
