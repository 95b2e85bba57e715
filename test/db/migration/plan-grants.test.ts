import { expect } from 'chai'
import { A, inProject, migrate, query } from '../../support/keys-project.ts'
import { withMigrations } from '../../support/migration-project.ts'
import { loginUrl, roleName, withClient, withDatabase } from '../../support/postgres.ts'

describe('privileges', () => {
  it('that everybody had stay with the roles of the config, and those of somebody else are advice', () =>
    inProject({ tables: { projects: {} }, with: ['grants'] }, async (project, url) => {
      const [app, group] = [roleName(url, 'app'), roleName(url, 'group')]
      await query(
        url,
        `create role ${group}; grant ${group} to ${app};
         grant select, truncate on projects to public; grant insert, trigger on projects to ${group};
         grant references on projects to ${group} with grant option;
         set role ${group}; grant references on projects to ${app}`,
      )
      const { err } = await project.run('migrate:rls')
      expect(err.split('\n')).to.include.members([
        `  public.projects: ${app} has REFERENCES; granted by ${group}, who alone can take it back`,
        `  public.projects: ${group} has REFERENCES, TRIGGER; passed on to ${app}, who must lose it first`,
      ])
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      const { rows } = await withClient(url, (client) =>
        client.query({
          text: `select coalesce(grantee::regrole::text, 'public'), privilege_type
            from pg_class, aclexplode(relacl) where relname = 'projects' and grantee <> relowner
            order by 1, 2`,
          rowMode: 'array',
        }),
      )
      expect(rows).to.deep.equal([
        [app, 'REFERENCES'],
        [app, 'SELECT'],
        [group, 'INSERT'],
        [group, 'REFERENCES'],
        [group, 'TRIGGER'],
      ])
    }))

  it('that are missing are given behind the policies, those for tables to come too; down takes them back', () =>
    withDatabase(async (url) => {
      const [app, admin] = [roleName(url, 'app'), roleName(url, 'admin')]
      await query(
        url,
        `create role ${app} login password 'secret'; create role ${admin};
         create schema "Billing"; create sequence "Billing"."Numbers";
         create domain ticket as int default nextval('"Billing"."Numbers"');
         create table tasks (id serial primary key, tenant_id uuid not null, title text);
         create table "Billing".invoices (
           id bigserial, tenant_id uuid not null, ticket ticket, mine int generated always as identity,
           number int default nextval('"Billing"."Numbers"'), primary key (tenant_id, id));
         create table logs (id serial, tenant_id uuid not null, primary key (tenant_id, id));
         create table visits (id serial, tenant_id uuid not null) partition by range (id);
         create table visits_1 partition of visits default;
         create table countries (code text primary key);
         create table pgmigrations (name text primary key);
         grant select, insert on logs to ${app}`,
      )
      const config = {
        connection: url,
        roles: { app, admin },
        tables: { tasks: {}, 'Billing.invoices': {}, logs: {}, visits: {} },
        global: ['countries', 'pgmigrations'],
        migrations: { with: ['grants' as const] },
      }
      await withMigrations(config, async (project) => {
        const before = await objectsOf(url, app)
        await migrate(project)
        expect(await project.run('migrate:rls', '--check')).to.have.property('code', 0)
        const given = [
          'Billing, new S: U',
          'Billing, new r: arwd',
          'Billing.Numbers: U',
          'Billing.invoices: arwd',
          'Billing.invoices_id_seq: U',
          'public, new S: U',
          'public, new r: arwd',
          'public.countries: r',
          'public.logs_id_seq: U',
          'public.tasks: arwd',
          'public.tasks_id_seq: U',
          'public.visits: arwd',
          'public.visits_id_seq: U',
          'schema Billing: U',
        ]
        // A role that has some privileges on a table gets no other.
        expect(await objectsOf(url, app)).to.have.members([...given, 'public.logs: ar'])
        expect(await objectsOf(url, admin)).to.have.members([...given, 'public.logs: arwd'])
        await withClient(loginUrl(url, app), async (client) => {
          await client.query(`set app.tenant_id = '${A}'`)
          for (const table of ['tasks', '"Billing".invoices', 'logs', 'visits']) {
            await client.query(`insert into ${table} default values`)
          }
          await client.query('select * from countries')
        })
        expect(await project.run('migrate:down', '--all')).to.have.property('code', 0)
        expect(await objectsOf(url, app)).to.deep.equal(before)
        expect(await objectsOf(url, admin)).to.deep.equal([])
      })
    }))

  it('that are missing are named by status, and given to observed tables only with the policies', () =>
    withDatabase(async (url) => {
      const app = roleName(url, 'app')
      await query(
        url,
        `create role ${app}; create table tasks (id serial, tenant_id uuid not null);
         grant select, insert on tasks to ${app}; create table notes (tenant_id uuid not null)`,
      )
      const config = { connection: url, roles: { app }, tables: { tasks: {}, notes: {} } }
      await withMigrations(config, async (project) => {
        const { out } = await project.run('status')
        expect(out).to.include(
          [
            'Missing privileges',
            `  ! public.notes: ${app} has no privilege on it`,
            `  ! public.tasks: ${app} cannot insert: the default of id needs USAGE on sequence public.tasks_id_seq`,
            '  next Grant them, or let `kysely-tenants migrate:rls --with grants` do it.',
          ].join('\n'),
        )
        const observing = await project.run(
          'migrate:rls',
          '--observe',
          '--with',
          'grants',
          '--dry-run',
        )
        expect(observing.out)
          .to.include('enable row level security')
          .and.not.include('grant select')
        const enforcing = await project.run('migrate:rls', '--with', 'grants', '--dry-run')
        expect(enforcing.out).to.include(
          'grant select, insert, update, delete on table public.notes',
        )
      })
    }))
})

/** The privileges of the role, a line for each schema, relation, and kind of new objects. */
async function objectsOf(url: string, role: string): Promise<string[]> {
  const rows = await query(
    url,
    `select name || ': ' || split_part(split_part(acl::text, '=', 2), '/', 1) from (
       select 'schema ' || nspname, unnest(nspacl) from pg_namespace
       union all
       select nspname || '.' || relname, unnest(relacl)
       from pg_class c join pg_namespace n on n.oid = relnamespace
       union all
       select nspname || ', new ' || defaclobjtype::text, unnest(defaclacl)
       from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace
     ) object (name, acl)
     where acl::text like '${role}=%' order by 1`,
  )
  return rows.map((row) => String(Object.values(row)))
}
