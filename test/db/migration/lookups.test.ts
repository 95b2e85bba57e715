import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { migrate, query } from '../../support/keys-project.ts'
import { A, B, bodies, functions, inLookupWorld, LOOKUPS } from '../../support/lookup-world.ts'
import type { MigrationProject } from '../../support/migration-project.ts'
import { loginUrl, withClient } from '../../support/postgres.ts'

describe('lookups', () => {
  it('are written, give the tenant of a key and nothing else, and are gone after down', () =>
    inLookupWorld(LOOKUPS, async (project, { url, app, admin }) => {
      const before = await functions(url)
      await migrate(project)
      expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
      expect(await project.run('status')).to.have.property('code', 0)
      expect(await serious(project)).to.deep.equal([])
      expect(await functions(url)).to.deep.equal(
        [
          'tenantOfAlias(key character varying)',
          'tenantOfHost(key character varying)',
          'tenantOfKey(key bytea)',
          'tenantOfNumber(key integer)',
          'tenant_of_id(key uuid)',
          'tenantsOfUser(key bigint)',
        ].map((name) => `${name} of ${admin} for ${[admin, app].sort().join()}`),
      )

      await withClient(loginUrl(url, app), async (login) => {
        const call = async (sql: string) =>
          (await login.query({ text: `select * from ${sql}`, rowMode: 'array' })).rows.flat()
        expect(await call(`"tenantOfHost"('acme.test')`)).to.deep.equal([A])
        for (const key of [`'acme%'`, `'_'`, `''`, 'null', `'ACME.TEST'`, `'acme'`]) {
          expect(await call(`"tenantOfHost"(${key})`), key).to.deep.equal([null])
        }
        expect(await call(`"tenantOfHost"('%')`)).to.deep.equal([B])
        expect(await call(`"tenantOfAlias"('a@acme.test')`)).to.deep.equal([A])
        expect(await call(`crm."tenantOfKey"('\\x00ff')`)).to.deep.equal([A])
        expect(await call('crm."tenantOfNumber"(7)')).to.deep.equal([A])
        expect(await call(`crm.tenant_of_id('${B}')`)).to.deep.equal([A])
        expect((await call('"tenantsOfUser"(1)')).toSorted()).to.deep.equal([A, B])
        expect(await call('"tenantsOfUser"(3)')).to.deep.equal([])
        expect(await call('"tenantsOfUser"(null)')).to.deep.equal([])
        expect(await call('tenants')).to.deep.equal([])
        // Neither an object of the caller nor its path comes between.
        await login.query(
          `create temporary table tenants as select '${B}'::uuid as id, 'acme.test' as hostname`,
        )
        await login.query('set search_path = pg_temp, public')
        expect(await call(`public."tenantOfHost"('acme.test')`)).to.deep.equal([A])
      })
      await query(url, `create role ${app}_other login password 'secret'`)
      const refused = await query(
        loginUrl(url, `${app}_other`),
        `select "tenantOfHost"('a')`,
      ).catch(String)
      expect(refused).to.match(/permission denied for function/)

      expect(await project.run('migrate:down', '--all')).to.have.property('code', 0)
      expect(await functions(url)).to.deep.equal(before)
    }))

  it('that were changed are found by status and audit, and made anew; down brings the change back', () =>
    inLookupWorld({ tenantOfHost: LOOKUPS.tenantOfHost }, async (project, { url, app }) => {
      await migrate(project)
      const changes = {
        'has another body': `create or replace function "tenantOfHost"(key varchar) returns uuid language sql
          stable strict parallel safe security definer set search_path = pg_catalog, pg_temp
          set row_security = on as 'select id from public.tenants limit 1'`,
        'belongs to': `alter function "tenantOfHost" owner to current_user`,
        'may be called by every role': `grant execute on function "tenantOfHost" to public`,
        'has search_path=public, row_security=on': `alter function "tenantOfHost" set search_path = public`,
        'has row_security=on': `alter function "tenantOfHost" reset search_path`,
        'runs as its caller': `alter function "tenantOfHost" security invoker`,
        'may be called by no role': `revoke execute on function "tenantOfHost" from ${app}`,
      }
      const drift = async () =>
        (await findings(project)).filter(({ check }) => check === 'lookup-drift')
      for (const [words, sql] of Object.entries(changes)) {
        await query(url, sql)
        const [found] = await drift()
        expect(`${found?.level}: ${found?.summary}`, words).to.include(`high: It ${words}`)
        if (words !== 'has another body') {
          await query(url, found?.fix ?? '')
          continue
        }
        expect((await findings(project)).map(({ check }) => check)).to.include(
          'function-security-definer',
        )
        const { out } = await project.run('status')
        expect(out).to.match(/Lookups\n +✖ public."tenantOfHost" +\d+ steps/)
        const changed = await bodies(url)
        await migrate(project)
        const down = await project.run('migrate:down')
        expect(down.code, down.err).to.equal(0)
        expect(await bodies(url)).to.deep.equal(changed)
        expect(await project.run('migrate:latest')).to.have.property('code', 0)
      }
      expect(await serious(project)).to.deep.equal([])
      await query(url, 'drop function "tenantOfHost"')
      const [missing] = await drift()
      expect(missing?.summary).to.equal('It is missing: its calls fail.')
      await query(url, missing?.fix ?? '')
      expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
    })).timeout(120_000)

  it('follow a table that is renamed with the next migration, and go when the config drops them', () =>
    inLookupWorld({ tenantOfHost: LOOKUPS.tenantOfHost }, async (project, { url, app, config }) => {
      await migrate(project)
      await query(url, 'alter table tenants rename to organizations')
      const renamed = {
        ...config,
        tables: { organizations: { column: 'id' } },
        lookups: { tenantOfHost: { table: 'organizations', by: 'hostname' } },
      }
      const run = (name: string, next: object, ...argv: string[]) => {
        writeFileSync(join(project.folder, `${name}.ts`), `export default ${JSON.stringify(next)}`)
        return project.run(...argv, '--config', `${name}.ts`)
      }
      const call = `select "tenantOfHost"('acme.test') as tenant`
      expect(await query(loginUrl(url, app), call).catch(String)).to.match(/does not exist/)
      expect(await run('renamed', renamed, 'status')).to.have.property('code', 1)
      expect(await run('renamed', renamed, 'migrate:rls')).to.have.property('code', 0)
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await query(loginUrl(url, app), call)).to.deep.equal([{ tenant: A }])

      const without = { ...renamed, lookups: {} }
      const { out } = await run('without', without, 'audit', '--json')
      const checks = JSON.parse(out).findings.map(({ check }: Finding) => check)
      expect(checks).to.include('lookup-drift')
      expect(await run('without', without, 'migrate:rls')).to.have.property('code', 0)
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect(await functions(url)).to.deep.equal([])
    }))

  it('are refused for keys that may lead to several tenants, unknown columns and names that are taken', () =>
    inLookupWorld(
      {
        ofSlug: { table: 'tenants', by: 'slug' },
        ofUser: { table: 'members', by: 'user_id' },
        ofNote: { table: 'tenants', by: 'nope', many: true },
        ofLabel: { table: 'tenants', by: 'hostname' },
      },
      async (project, { url }) => {
        await query(
          url,
          `create function "ofLabel"(key varchar) returns text language sql security definer as 'select null'`,
        )
        for (const command of ['migrate:rls', 'status', 'audit']) {
          const { code, err } = await project.run(command)
          expect(code).to.equal(2)
          expect(err.replaceAll(/\s+/g, ' ')).to.include(
            'lookups.ofSlug: public.tenants has no unique key of slug alone, so that a key may lead to more than one tenant; make it unique, or write many: true.',
          )
          expect(err).to.include('lookups.ofUser').and.include('has no column nope')
          expect(err).to.include('public."ofLabel"(key character varying) is there')
        }
      },
    ))

  it('keep their unique keys when those of others get the tenant', () =>
    inLookupWorld({ tenantOfNumber: LOOKUPS.tenantOfNumber }, async (project, { url }) => {
      expect(await project.run('migrate:rls', '--with', 'unique-keys')).to.have.property('code', 0)
      const latest = await project.run('migrate:latest')
      expect(latest.code, latest.err).to.equal(0)
      const rows = await query(
        url,
        `select pg_get_constraintdef(oid) as key from pg_constraint
         where conrelid = 'crm."Api Keys"'::regclass and contype = 'u' order by 1`,
      )
      expect(rows).to.deep.equal(
        ['UNIQUE ("Org Id", "the ""hash""")', 'UNIQUE ("Org Id", id)', 'UNIQUE (number)'].map(
          (key) => ({ key }),
        ),
      )
    }))
})

interface Finding {
  readonly check: string
  readonly level: string
  readonly summary: string
  readonly fix: string
}

async function findings(project: MigrationProject): Promise<Finding[]> {
  const { out, err } = await project.run('audit', '--json')
  expect(out, err).to.include('{')
  return JSON.parse(out).findings
}

async function serious(project: MigrationProject): Promise<Finding[]> {
  const ours = /lookup|function|road|definer/
  return (await findings(project)).filter(({ check }) => ours.test(check))
}
