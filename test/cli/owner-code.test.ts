import { expect } from 'chai'
import type { MigrationProject } from '../support/migration-project.ts'
import { A, type OwnerWorld, withOwner } from '../support/owner-world.ts'
import { loginUrl, withClient } from '../support/postgres.ts'

const LISTED = { tables: ['projects', 'events'], global: ['countries'] } as const

const told = (text: string, { owner, app }: OwnerWorld) =>
  text.replaceAll(owner, 'OWNER').replaceAll(app, 'APP')

async function migrate({ run }: MigrationProject): Promise<void> {
  expect(await run('migrate:rls')).to.have.property('code', 0)
  const { code, err } = await run('migrate:latest')
  expect(code, err).to.equal(0)
}

const BLIND = [
  'function public.count_all() as OWNER: public.projects',
  'function public.count_any(name regclass) as OWNER: any table, by SQL that it puts together',
  'trigger log_event on public.projects, by public.log_event() as OWNER: public.projects, public.events',
  'view public.titles as OWNER: public.projects',
  'view public.titles_again as OWNER: public.projects',
  'materialized view public.totals as OWNER: public.projects',
  'login OWNER_backup: public.projects',
]

/** Each reaches a table by another function, or by a view. */
const INDIRECT = `
  create function in_calls() returns bigint language plpgsql security definer
    set search_path = public as $$ begin return public.as_caller(); end $$;
  create function in_calls_of_calls() returns bigint language sql security definer
    set search_path = public as 'select in_calls()';
  create function in_views() returns bigint language sql security definer
    set search_path = public as 'select count(*) from titles_again';
  create function in_text() returns bigint language sql security definer
    set search_path = public as $$ select length('as_caller()') $$`

describe('P16 code of the owner that row security blinds', () => {
  it('is named when another function or a view reads for it', () =>
    withOwner(async (world) =>
      world.inProject({ roles: { app: world.app }, ...LISTED }, async ({ run }) => {
        await world.query(`set role ${world.owner}; ${INDIRECT}`)
        const { blind } = JSON.parse((await run('migrate:rls', '--check', '--json')).out)
        const names = blind.map(({ name }: { name: string }) => name)
        expect(names.filter((name: string) => name.startsWith('public.in_'))).to.deep.equal([
          'public.in_calls()',
          'public.in_calls_of_calls()',
          'public.in_views()',
        ])
      }),
    ))

  it('is named by migrate:rls before it happens, and by status', () =>
    withOwner(async (world) =>
      world.inProject({ roles: { app: world.app }, ...LISTED }, async (project) => {
        const json = JSON.parse((await project.run('migrate:rls', '--check', '--json')).out)
        expect(json.blind.map(({ kind }: { kind: string }) => kind)).to.deep.equal([
          'function',
          'function',
          'trigger',
          'view',
          'view',
          'materialized view',
          'login',
        ])
        const { err } = await project.run('migrate:rls')
        const lines = told(err, world).split('\n')
        const start = lines.indexOf('These will see no row:') + 1
        expect(lines.slice(start, start + BLIND.length)).to.deep.equal(
          BLIND.map((line) => `  ${line}`),
        )
        expect(lines[start + BLIND.length]).to.match(/^ {2}next .*docs\/owner\.md\.$/)
        expect((await project.run('migrate:latest')).code).to.equal(0)

        const status = await project.run('status')
        expect(status.code).to.equal(0)
        const found = told(status.out, world).split('\n')
        const heading = found.indexOf('Sees no row of these tables')
        expect(found.slice(heading + 1, heading + 1 + BLIND.length)).to.deep.equal(
          BLIND.map((line) => `  ! ${line}`),
        )
        expect((await project.run('migrate:rls')).err).not.to.include('will see no row')
      }),
    ))

  it('is none where views read as their caller, and the owner is above row security', () =>
    withOwner(async (world) => {
      const { app, owner, query } = world
      await query(`alter role ${owner} bypassrls`)
      const config = { roles: { app }, ...LISTED, migrations: { with: ['views' as const] } }
      await world.inProject(config, async (project) => {
        const { err } = await project.run('migrate:rls', '--dry-run')
        expect(told(err, world)).to.include('  login OWNER_backup: public.projects\n')
        expect(err).not.to.match(/function|trigger|view public/)
      })
    }))
})

describe('force: false', () => {
  it('leaves FORCE out, and the owner sees every row', () =>
    withOwner(async (world) => {
      const { app, query, inProject } = world
      await inProject({ roles: { app }, ...LISTED, force: false }, async (project) => {
        await migrate(project)
        expect(await query('select relname from pg_class where relforcerowsecurity')).to.deep.equal(
          [],
        )
        const status = await project.run('status')
        expect({ code: status.code, out: told(status.out, world) }).to.deep.equal({
          code: 0,
          out: [
            'table            column     type  policies  enabled  forced  drift',
            'public.projects  tenant_id  uuid  2/2       yes      no      none',
            'public.events    tenant_id  uuid  2/2       yes      no      none',
            'public.events_1  tenant_id  uuid  2/2       yes      no      none',
            '',
            'Missing privileges',
            '  ! public.countries: APP has no privilege on it',
            '  next Grant them, or let `kysely-tenants migrate:rls --with grants` do it.',
            '',
            'Sees no row of these tables',
            '  ! login OWNER_backup: public.projects',
            '  next Give the role `roles.owner` or `roles.admin`, leave FORCE out with `force: false`, or let it name a tenant: docs/owner.md.',
            '',
            '✔ 3 tables: all in place.',
            '',
          ].join('\n'),
        })
        expect(await query('select count_all()')).to.deep.equal([{ count_all: '2' }])
        const { findings } = JSON.parse((await project.run('audit', '--json')).out)
        const forced = findings.filter(({ check }: { check: string }) => check === 'rls-not-forced')
        expect(
          forced.map(({ level, summary }: { level: string; summary: string }) => [
            level,
            told(summary, world),
          ]),
        ).to.deep.equal([
          ['low', 'Its owner OWNER sees every tenant, as `force: false` of the config allows.'],
          ['low', 'Its owner OWNER sees every tenant, as `force: false` of the config allows.'],
        ])
      })
    }))

  it('of one table takes FORCE away from it and its partitions, and `down` puts it back', () =>
    withOwner(async ({ app, query, inProject }) => {
      const forced = async () =>
        (
          await query<{ name: string }>(
            'select relname as name from pg_class where relforcerowsecurity order by 1',
          )
        ).map(({ name }) => name)
      await inProject({ roles: { app }, ...LISTED }, migrate)
      expect(await forced()).to.deep.equal(['events', 'events_1', 'projects'])
      const tables = { projects: {}, events: { force: false } }
      await inProject({ roles: { app }, ...LISTED, tables }, async (project) => {
        await query('delete from kysely_migration')
        await migrate(project)
        expect(await forced()).to.deep.equal(['projects'])
        expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
        expect((await project.run('migrate:down')).code).to.equal(0)
        expect(await forced()).to.deep.equal(['events', 'events_1', 'projects'])
      })
    }))

  it('of the config is overruled by a table', () =>
    withOwner(async ({ app, query, inProject }) => {
      const tables = { projects: { force: true }, events: {} }
      await inProject({ roles: { app }, ...LISTED, tables, force: false }, async (project) => {
        await migrate(project)
        expect(await query('select relname from pg_class where relforcerowsecurity')).to.deep.equal(
          [{ relname: 'projects' }],
        )
      })
    }))
})

describe('roles.owner', () => {
  it('shows the owner every row under FORCE, and the application its own', () =>
    withOwner(async (world) => {
      const { app, owner, query, inProject, url } = world
      await inProject({ roles: { app, owner }, ...LISTED }, async (project) => {
        const { err } = await project.run('migrate:rls')
        expect(told(err, world)).to.match(/see no row:\n {2}login OWNER_backup: [^\n]*\n {2}next/)
        expect((await project.run('migrate:latest')).code).to.equal(0)
        expect(
          await withClient(loginUrl(url, owner), async (client) => {
            await client.query('refresh materialized view totals')
            const { rows } = await client.query('select count_all() as all, count(*) from totals')
            return rows
          }),
        ).to.deep.equal([{ all: '2', count: '2' }])
        expect(
          await query(`set role ${app}; set app.tenant_id = '${A}'; select title from projects`),
        ).to.deep.equal([{ title: 'a' }])
        const status = await project.run('status')
        expect({
          code: status.code,
          forced: status.out.match(/3\/3 +yes +yes +none/g)?.length,
        }).to.deep.equal({ code: 0, forced: 3 })
        const { findings } = JSON.parse((await project.run('audit', '--json')).out)
        const checks = findings.map(({ check }: { check: string }) => check)
        expect(checks.filter((check: string) => /^(policy|rls)-/.test(check))).to.deep.equal([])
      })
    }))

  it('is refused for a role that owns no table', () =>
    withOwner(async ({ app, owner, inProject }) => {
      const roles = { app, owner: [owner, `${owner}_backup`] }
      await inProject({ roles, ...LISTED }, async (project) => {
        const { code, err } = await project.run('migrate:rls')
        expect(code).to.equal(2)
        expect(err).to.include(`Role ${owner}_backup owns no table of the config: roles.owner.`)
      })
    }))
})
