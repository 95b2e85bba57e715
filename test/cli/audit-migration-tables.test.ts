import { expect } from 'chai'
import type { AuditReport } from '../../src/audit/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { roleName, withClient, withDatabase } from '../support/postgres.ts'

// `alter default privileges` gives the application every new table, and so the ones of the Migrator.
describe('the tables of the Migrator', () => {
  for (const [title, privileges, expected] of [
    ['that the application may read are no matter of tenants', 'select', []],
    [
      'that the application may write are found, and mended by the printed fix',
      'select, insert, update, delete, truncate',
      ['medium public.kysely_migration', 'medium public.kysely_migration_lock'],
    ],
  ] as const) {
    it(title, () =>
      withDatabase(async (url) => {
        const app = roleName(url, 'app')
        const run = (sql: string) => withClient(url, (client) => client.query(sql))
        await run(`
          create role ${app} login;
          revoke create on schema public from public;
          create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
          grant select, insert, update, delete on projects to ${app};
          alter default privileges in schema public grant ${privileges} on tables to ${app};`)
        const config = {
          connection: url,
          roles: { app },
          tables: ['projects'],
          // Named before they are there, which is no mistake.
          global: ['kysely_migration', 'kysely_migration_lock'],
          audit: { levels: { 'server-rls-cve': 'off', 'default-privileges-too-wide': 'off' } },
        } as const
        const first = await audited(config, async (project) => {
          await project.run('migrate:rls')
          await project.run('migrate:latest')
        })
        const told = first.map(({ level, object }) => `${level} ${object}`)
        expect(told).to.deep.equal(expected)
        expect(await audited({ ...config, global: [] })).to.deep.equal(first)
        for (const { fix } of first) await run(fix)
        expect(await audited(config)).to.deep.equal([])
      }),
    )
  }

  it('another table that is missing is still a mistake', () =>
    withDatabase(async (url) => {
      await withClient(url, (client) => client.query('create table projects (tenant_id uuid)'))
      const config = { connection: url, tables: ['projects'], global: ['kysely_migrations'] }
      await withMigrations(config, async (project) => {
        const { code, err } = await project.run('audit')
        expect(code).to.equal(2)
        expect(err).to.include('Table public.kysely_migrations is missing.')
      })
    }))
})

function audited(
  config: ConfigInput & { readonly connection: string },
  prepare: (project: MigrationProject) => Promise<unknown> = async () => undefined,
): Promise<AuditReport['findings']> {
  return withMigrations(config, async (project) => {
    await prepare(project)
    return JSON.parse((await project.run('audit', '--json')).out).findings
  })
}
