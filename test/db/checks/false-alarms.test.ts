import { expect } from 'chai'
import pg from 'pg'
import { CheckedSchema } from '../../support/checked-schema.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

interface Design {
  readonly sql: string
  /** All that the checks say: nothing else is a problem of this design. */
  readonly says: readonly string[]
}

// A true statement that is repeated for each table, or one that is not true, makes the others unread.
const DESIGNS: Readonly<Record<string, Design>> = {
  'a role for backups with BYPASSRLS is one line that names it': {
    sql: `alter role some_role bypassrls login;
      grant select on public.projects, public.tasks, public.events, public.visits, public.comments
        to some_role`,
    says: [
      'info grant-other-role some_role: It may read all tables: it has BYPASSRLS, with SELECT on 5 of them.',
    ],
  },
  'and so is a member of pg_read_all_data': {
    sql: `alter role some_role login; grant pg_read_all_data to some_role`,
    says: [
      'info grant-other-role some_role: It may read all tables: it is a member of pg_read_all_data.',
    ],
  },
  'and one that is both, through a group': {
    sql: `create role backup_group nologin; grant pg_read_all_data to backup_group;
      alter role some_role bypassrls login; grant backup_group to some_role;
      grant select on public.projects to some_role`,
    says: [
      'info grant-other-role some_role: It may read all tables: it is a member of pg_read_all_data.',
    ],
  },
  'one that also writes past row security is none for backups': {
    sql: `alter role some_role bypassrls login; grant select, delete on public.projects to some_role`,
    says: [
      'high grant-other-role public.projects: some_role has DELETE, SELECT and is not held by row security.',
    ],
  },
  'policies that the floor bounds are low': {
    sql: `create policy everybody on public.projects for select to app_user using (true);
      create policy published on public.projects for select to app_user using (tenant_id is not null)`,
    says: [
      'low policy-ignores-tenant-column public.projects: Policy everybody does not look at tenant_id; the floor bounds it.',
      'low policy-unexpected-permissive public.projects: Policy published lets the application reach more rows; the floor bounds it.',
    ],
  },
  'one sub-select that calls current_setting twice is evaluated once': {
    sql: `alter policy comment_access on public.comments using (tenant_id = (select coalesce(
        nullif(current_setting('app.tenant_id', true), ''), current_setting('app.tenant_id', true))::uuid)
        and ${OWN})`,
    says: [],
  },
  'a call outside of a sub-select is none of those': {
    sql: `alter policy comment_access on public.comments using (${OWN} and (select
        current_setting('app.tenant_id', true) <> '') and body <> current_setting('app.tenant_id', true))`,
    says: [
      'low policy-not-initplan public.comments: Policy comment_access calls current_setting outside a sub-select.',
    ],
  },
  'a definer function that a policy needs is one finding, to be reviewed': {
    sql: `create function public.is_member() returns boolean language sql stable parallel safe security definer
        set search_path = pg_catalog, pg_temp
        as $$ select exists (select from public.tasks where id = 1) $$;
      revoke execute on function public.is_member() from public;
      grant execute on function public.is_member() to app_user;
      alter policy comment_access on public.comments
        using (${OWN} and (select public.is_member())) with check (${OWN} and (select public.is_member()))`,
    says: [
      'low function-security-definer public.is_member(): app_user → executes public.is_member(), security definer → postgres, a superuser → public.tasks: rows of every tenant. A policy needs it: read its body.',
    ],
  },
  'a child of a global table is global': {
    sql: `create table public.old_countries () inherits (public.countries);
      grant select on public.old_countries to app_user`,
    says: [],
  },
}

describe('a design that is right', () => {
  let database: TestDatabase
  let client: pg.Client
  let schema: CheckedSchema

  before(async () => {
    database = await createDatabase()
    client = new pg.Client(database.url)
    await client.connect()
    schema = await CheckedSchema.create(client, database.name)
  })
  after(async () => {
    await client.end()
    await database.drop()
  })

  for (const [title, { sql, says }] of Object.entries(DESIGNS)) {
    it(title, () =>
      schema.apart(async () => {
        await schema.run(sql)
        const found = (await schema.findings()).map(
          ({ level, check, object, summary }) => `${level} ${check} ${object}: ${summary}`,
        )
        expect(found.map((line) => line.replaceAll(`${database.name}_`, ''))).to.deep.equal(says)
      }),
    )
  }
})
