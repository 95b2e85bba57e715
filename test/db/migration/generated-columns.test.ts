import { expect } from 'chai'
import { migrate, query } from '../../support/keys-project.ts'
import { readRelations, withMigrations } from '../../support/migration-project.ts'
import {
  loginUrl,
  roleName,
  serverMajor,
  withClient,
  withDatabase,
} from '../../support/postgres.ts'

const [A, B] = ['a0000000-0000-0000-0000-000000000001', 'b0000000-0000-0000-0000-000000000002']

describe('a tenant column that is generated', () => {
  it('is protected without a default, and given back as it was', () =>
    withDatabase(async (url) => {
      const app = roleName(url, 'app')
      await query(
        url,
        `create role ${app} login password 'secret';
         create function tenant_of(doc jsonb) returns uuid language sql immutable
           return (doc ->> 'tenant')::uuid;
         create table notes (id int primary key, doc jsonb,
           tenant_id uuid generated always as (tenant_of(doc)) stored);
         insert into notes values (1, '{"tenant": "${A}"}'), (2, '{"tenant": "${B}"}');
         create table visits (id int, doc jsonb,
           tenant_id uuid generated always as (tenant_of(doc)) stored not null) partition by range (id);
         create table visits_1 partition of visits default;
         grant select, insert, update on notes, visits to ${app}`,
      )
      const config = { connection: url, roles: { app }, tables: { notes: {}, visits: {} } }
      await withMigrations(config, async (project) => {
        const before = await relations(url)
        await migrate(project)
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
        const audit = await project.run('audit', '--json')
        const { findings } = JSON.parse(audit.out) as { findings: { check: string }[] }
        expect(findings.map(({ check }) => check)).not.to.include('tenant-column-default')
        expect(await asA(loginUrl(url, app))).to.deep.equal({
          notes: [1, 3],
          visits: [4],
          refused: ['42501', '42501'],
        })
        await query(url, 'delete from notes where id > 2; delete from visits')
        expect(await project.run('migrate:down', '--all')).to.have.property('code', 0)
        expect(await relations(url)).to.deep.equal(before)
      })
    }))
})

describe('a tenant column that is virtual', () => {
  it('is protected without a default and without keys that cannot hold it', async () => {
    // 18 has them.
    if ((await serverMajor()) < 18) return
    await withDatabase(async (url) => {
      const app = roleName(url, 'app')
      await query(
        url,
        `create role ${app} login password 'secret';
         create table notes (id int primary key, doc jsonb,
           tenant_id uuid generated always as ((doc ->> 'tenant')::uuid) virtual);
         insert into notes values (1, '{"tenant": "${A}"}'), (2, '{"tenant": "${B}"}');
         create table visits (id int, doc jsonb, note_id int references notes,
           tenant_id uuid generated always as ((doc ->> 'tenant')::uuid) virtual) partition by range (id);
         create table visits_1 partition of visits default;
         grant select, insert, update on notes, visits to ${app}`,
      )
      const config = {
        connection: url,
        roles: { app },
        tables: { notes: {}, visits: {} },
        migrations: { with: ['foreign-keys', 'unique-keys'] as const },
      }
      await withMigrations(config, async (project) => {
        const before = await relations(url)
        await migrate(project)
        const check = await project.run('migrate:rls', '--check')
        expect(check).to.have.property('code', 0)
        expect(check.err).to.include('tenant_id is virtual, and no key can hold it')
        expect(await asA(loginUrl(url, app))).to.deep.equal({
          notes: [1, 3],
          visits: [4],
          refused: ['42501', '42501'],
        })
        await query(url, 'delete from notes where id > 2; delete from visits')
        expect(await project.run('migrate:down', '--all')).to.have.property('code', 0)
        expect(await relations(url)).to.deep.equal(before)
      })
    })
  })
})

/** Without their sizes, which the server estimates. */
async function relations(url: string) {
  return (await readRelations(url)).map(({ estimatedRows: _, ...relation }) => relation)
}

async function asA(url: string) {
  return withClient(url, async (client) => {
    await client.query(`select set_config('app.tenant_id', '${A}', false)`)
    const insert = (table: string, id: number, tenant: string) =>
      client.query(`insert into ${table} (id, doc) values (${id}, '{"tenant": "${tenant}"}')`).then(
        () => undefined,
        ({ code }) => code,
      )
    await insert('notes', 3, A)
    await insert('visits', 4, A)
    const refused = [await insert('notes', 5, B), await insert('visits', 6, B)]
    const ids = async (table: string) =>
      (await client.query(`select id from ${table} order by id`)).rows.map(({ id }) => id)
    return { notes: await ids('notes'), visits: await ids('visits'), refused }
  })
}
