/** A state in which a printed fix could break an application, or open more than there was. */
export interface FixCase {
  readonly title: string
  readonly check: string
  readonly broken: string
  readonly since?: number
  /** A statement of the application, and the number of rows that it reaches after the fix. */
  readonly use?: readonly [sql: string, answer: number]
  /** Words of the fix. With `-- ` it is a comment, which runs no statement. */
  readonly says?: readonly string[]
  /** Run after the fix, has to give one row with true. */
  readonly proof?: string
}

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

export const FIX_CASES: readonly FixCase[] = [
  {
    title: 'a table with a serial column goes to another owner, and inserts go on',
    check: 'app-role-owns-table',
    broken: `alter table public.projects add column no serial;
      alter table public.projects owner to app_user`,
    proof: `select tableowner like '%app_owner' from pg_tables where tablename = 'projects'`,
  },
  {
    title: 'the application leaves the group that owns a table, and keeps its statements',
    check: 'app-role-owns-table',
    since: 160000,
    broken: `alter table public.projects owner to some_role; alter table public.tasks owner to some_role;
      revoke all on public.projects, public.tasks from app_user;
      grant usage, create on schema public to some_role;
      grant some_role to app_user with inherit true, set false`,
    says: ['grant select, insert, update, delete on public.projects', 'revoke'],
  },
  {
    title: 'the application leaves a role with BYPASSRLS, and keeps what it had through it',
    check: 'app-role-can-set-role',
    broken: `alter role some_role bypassrls;
      grant select, insert, update, delete on public.projects, public.tasks, public.events, public.visits,
        public.comments, public.countries to some_role;
      revoke all on public.projects, public.tasks, public.events, public.visits, public.comments,
        public.countries from app_user;
      grant some_role to app_user`,
  },
  {
    title: 'the application leaves the predefined roles, and keeps its statements',
    check: 'app-role-predefined',
    broken: `revoke all on public.projects, public.tasks, public.events, public.visits, public.comments,
        public.countries from app_user;
      grant pg_read_all_data, pg_write_all_data to app_user`,
  },
  {
    title: 'a superuser that was granted nothing keeps its statements',
    check: 'app-role-superuser',
    broken: `revoke all on public.projects, public.tasks, public.events, public.visits, public.comments,
        public.countries from app_user;
      alter role app_user superuser`,
  },
  {
    title: 'privileges on columns stay privileges on columns',
    check: 'app-role-can-set-role',
    broken: `alter role some_role bypassrls;
      create table public.people (tenant_id uuid, name text, secret text);
      grant select (name) on public.people to some_role; grant some_role to app_user`,
    use: ['select name from public.people', 0],
    proof: `select not has_column_privilege('app_user', 'public.people', 'secret', 'select')`,
  },
  {
    title: 'the admin leaves the application, and keeps its statements',
    check: 'admin-role-bound-by-floor',
    broken: `revoke all on public.projects, public.tasks from app_admin; grant app_user to app_admin`,
  },
  {
    title: 'the roles of the config keep what only public gave them',
    check: 'grant-to-public',
    broken: `grant select, insert, update, delete on public.projects to public;
      revoke all on public.projects from app_user, app_admin`,
  },
  {
    title: 'a privilege that another role granted is left to that role',
    check: 'grant-truncate',
    broken: `grant truncate on public.projects to some_role with grant option;
      set role some_role; grant truncate on public.projects to app_user; reset role`,
    says: ['-- As ', 'some_role', ', which granted it: revoke truncate on public.projects'],
  },
  {
    title: 'a privilege that was passed on is taken from both, which is to decide',
    check: 'grant-truncate',
    broken: `grant truncate on public.projects to app_user with grant option;
      set role app_user; grant truncate on public.projects to some_role; reset role`,
    says: ['-- It was passed on to ', 'cascade'],
  },
  {
    title: 'a sequence that only UPDATE opened still counts',
    check: 'sequence-writable',
    broken: `create sequence public.numbers; grant update on sequence public.numbers to app_user`,
    use: [`select nextval('public.numbers')`, 1],
  },
  {
    title: 'a policy of other roles too is left to those',
    check: 'policy-ignores-tenant-column',
    broken: `create policy everybody on public.projects for select to app_user, some_role using (true)`,
    proof: `select polroles = array['some_role'::regrole::oid] from pg_policy where polname = 'everybody'`,
  },
  {
    title: 'the policy of a table with a floor alone is of the user, under a name that is free',
    check: 'policy-restrictive-only',
    broken: `drop policy comment_access on public.comments;
      create policy own_rows on public.comments as restrictive to app_user using (true)`,
    proof: `select obj_description(oid, 'pg_policy') is null from pg_policy where polname = 'own_rows2'`,
  },
  {
    title: 'a policy that asks for more than the tenant goes on asking',
    check: 'policy-references-other-columns',
    broken: `alter policy comment_access on public.comments using (not is_public or ${OWN} or id = 0)
        with check (${OWN});
      update public.comments set is_public = true`,
  },
  {
    title: 'a cast among other conditions is left to the user',
    check: 'policy-cast-on-column',
    broken: `alter policy comment_access on public.comments
      using (is_public or tenant_id::text = (select current_setting('app.tenant_id', true)))
      with check (${OWN})`,
    says: ['-- Write the condition of policy comment_access without the cast of the column'],
  },
  {
    title: 'a cast beside another condition goes, and the condition stays',
    check: 'policy-cast-on-column',
    broken: `alter policy comment_access on public.comments
      using (is_public is not true and tenant_id::text = (select current_setting('app.tenant_id', true)))
      with check (${OWN});
      update public.comments set is_public = true where id = 1`,
    use: ['select from public.comments', 0],
  },
  {
    title: 'NULLS NOT DISTINCT and INCLUDE of a constraint stay',
    check: 'unique-without-tenant',
    since: 150000,
    broken: `alter table public.projects
      add constraint one_name unique nulls not distinct (name) include (id) deferrable`,
    proof: `select pg_get_constraintdef(oid) =
        'UNIQUE NULLS NOT DISTINCT (tenant_id, name) INCLUDE (id) DEFERRABLE'
      from pg_constraint where conname = 'one_name'`,
  },
  {
    title: 'expressions, INCLUDE and WHERE of an index stay',
    check: 'unique-without-tenant',
    broken: `create unique index one_name on public.projects (lower(name) text_pattern_ops) include (id)
      where name <> ''`,
    proof: `select pg_get_indexdef('public.one_name'::regclass) like
      '%(tenant_id, lower(name) text_pattern_ops) INCLUDE (id) WHERE %'`,
  },
  {
    title: 'a unique key of a partitioned table gets the tenant too',
    check: 'unique-without-tenant',
    broken: `create unique index one_path on public.visits (at, path)`,
    proof: `select pg_get_indexdef('public.one_path'::regclass) like '%(tenant_id, at, path)'`,
  },
  {
    title: 'a foreign key that uses another key is no obstacle',
    check: 'unique-without-tenant',
    broken: `alter table public.projects add constraint one_name unique (name)`,
    says: ['alter table public.projects drop constraint if exists one_name'],
  },
  {
    title: 'a foreign key that uses this key is one',
    check: 'unique-without-tenant',
    broken: `alter table public.projects add constraint one_name unique (name);
      create table public.labels (name text constraint of_project references public.projects (name))`,
    says: [
      '-- First let the foreign keys that use it include the tenant: of_project of public.labels.',
    ],
  },
  {
    title: 'the key of a partitioned table is validated as its owner under FORCE',
    check: 'fk-without-tenant',
    broken: `create unique index projects_by_id on public.projects (id);
      alter table public.visits add column project_id int default 1;
      update public.visits set project_id = 2 where tenant_id = '00000000-0000-4000-8000-00000000000b';
      alter table public.visits add constraint of_project foreign key (project_id)
        references public.projects (id)`,
    proof: `select bool_and(relforcerowsecurity) from pg_class
      where oid in ('public.visits'::regclass, 'public.visits_2026'::regclass, 'public.projects'::regclass)`,
  },
  {
    title: 'a key that is MATCH FULL is left to the user',
    check: 'fk-without-tenant',
    broken: `create unique index projects_by_id on public.projects (id, name);
      alter table public.tasks add column name text,
        add constraint of_project foreign key (project_id, name)
          references public.projects (id, name) match full not valid`,
    says: ['-- of_project cannot be replaced without a decision: it is MATCH FULL'],
  },
  {
    title: 'a view that reads what its callers may not is left to the user',
    check: 'view-bypasses-rls',
    since: 150000,
    broken: `create table public.prices (amount int);
      create view public.project_names as select p.name, amount from public.projects p, public.prices;
      grant select on public.project_names to app_user`,
    says: ['-- ', 'grant select on public.prices to '],
  },
  {
    title: 'an exclusion constraint gets the tenant where its extension is there',
    check: 'exclusion-without-tenant',
    broken: `create extension btree_gist;
      alter table public.events add column during tstzrange,
        add constraint one_at_a_time exclude using gist (during with &&) where (during is not null)`,
    proof: `select pg_get_constraintdef(oid) like 'EXCLUDE USING gist (tenant_id WITH =, during WITH &&) WHERE%'
      from pg_constraint where conname = 'one_at_a_time'`,
  },
  {
    title: 'an index has a name that no other table uses',
    check: 'tenant-column-not-indexed',
    broken: `drop index public.events_by_tenant;
      create index events_tenant_id_idx on public.countries (code)`,
    proof: `select count(*) = 1 from pg_indexes where tablename = 'events'`,
  },
  {
    title: 'a policy that the tool did not write is marked, so that no migration has to',
    check: 'policy-expression-drift',
    broken: `alter policy tenant_isolation on public.projects using (true) with check (true);
      comment on policy tenant_isolation on public.projects is null`,
  },
]
