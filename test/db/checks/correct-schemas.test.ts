import { expect } from 'chai'
import { audit } from '../../../src/audit/audit.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { isAtLeast } from '../../../src/config/level.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import { withRolesOf } from '../../support/correct-schema.ts'
import { loginUrl, withClient, withDatabase } from '../../support/postgres.ts'

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

interface Case extends Omit<ConfigInput, 'roles'> {
  readonly before: string
  /** The statements that need the tables and their policies. */
  readonly after?: string
}

// Schemas as people who know what they do write them: an audit that cries wolf is switched off.
const CASES: Readonly<Record<string, Case>> = {
  'partitions of partitions, which the application reaches through their parent': {
    before: `
      create table events (tenant_id uuid not null, id bigint generated always as identity,
        at timestamptz not null, detail jsonb, primary key (tenant_id, at, id))
        partition by range (at);
      create table events_2026 partition of events
        for values from ('2026-01-01Z') to ('2027-01-01Z') partition by hash (tenant_id);
      create table events_2026_0 partition of events_2026 for values with (modulus 2, remainder 0);
      create table events_2026_1 partition of events_2026 for values with (modulus 2, remainder 1);
      create table measurements (tenant_id uuid not null, value float8) partition by list (tenant_id);
      create table measurements_rest partition of measurements default;
      grant select, insert, update, delete on events, measurements to app_user;`,
    tables: ['events', 'measurements'],
  },

  'tables with shared rows, and the table of the tenants': {
    before: `
      create table tenants (id uuid primary key default gen_random_uuid(), name text not null,
        hostname text unique, slug text not null);
      create unique index on tenants (lower(slug));
      create table templates (tenant_id uuid references tenants, name text, body text,
        unique (tenant_id, name));
      create table projects (tenant_id uuid references tenants on update cascade on delete cascade,
        id int, template text, primary key (tenant_id, id));
      create table countries (code text primary key);
      grant select, insert, update, delete on tenants, templates, projects to app_user, app_admin;
      grant select on countries to app_user, app_admin;`,
    tables: { tenants: { column: 'id' }, templates: { shared: true }, projects: {} },
    global: ['countries'],
  },

  'SECURITY DEFINER functions with a pinned search_path': {
    before: `
      create table members (tenant_id uuid, user_id int, primary key (tenant_id, user_id));
      create table documents (tenant_id uuid, id int, title text, updated_at timestamptz,
        primary key (tenant_id, id));
      create table document_log (tenant_id uuid not null, id int, at timestamptz default now());
      create index on document_log (tenant_id, at);
      alter table members owner to app_owner;
      alter table documents owner to app_owner;
      alter table document_log owner to app_owner;
      create function is_member() returns boolean language sql stable parallel safe security definer
        set search_path = pg_catalog, public, pg_temp
        as $$ select exists (select from public.members where user_id = 1) $$;
      create function log_document() returns trigger language plpgsql security definer
        set search_path = pg_catalog, public, pg_temp
        as $$ begin insert into public.document_log values (new.tenant_id, new.id); return null; end $$;
      create function touch() returns trigger language plpgsql
        as $$ begin
          if new.tenant_id = old.tenant_id then new.updated_at := now(); end if;
          return new;
        end $$;
      alter function is_member() owner to app_owner;
      alter function log_document() owner to app_owner;
      create trigger log_document after insert on documents
        for each row execute function log_document();
      create trigger touch before update on documents for each row execute function touch();
      grant select on members to app_user;
      grant select, insert, update, delete on documents to app_user;
      grant insert on document_log to app_user;
      create policy member_access on documents to app_user
        using (${OWN} and (select is_member())) with check (${OWN} and (select is_member()));`,
    tables: { members: {}, documents: { access: 'boundary' }, document_log: {} },
  },

  'views that read as their caller, and a materialized view for the admin': {
    before: `
      create table orders (tenant_id uuid, id int, cents bigint, primary key (tenant_id, id));
      create view open_orders as select * from orders where cents > 0;
      create view large_orders as select * from open_orders where cents > 1000;
      do $$ begin
        -- Before PostgreSQL 15 views read as their owner, whom FORCE holds.
        if current_setting('server_version_num')::int >= 150000 then
          alter view open_orders set (security_invoker = true);
          alter view large_orders set (security_invoker = true);
        else
          alter view open_orders owner to app_owner;
          alter view large_orders owner to app_owner;
        end if;
      end $$;
      create materialized view revenue as
        select tenant_id, sum(cents) as cents from orders group by tenant_id;
      alter table orders owner to app_owner;
      grant select, insert, update, delete on orders to app_user, app_admin;
      grant select on open_orders, large_orders to app_user;
      grant select on revenue to app_admin;`,
    tables: ['orders'],
  },

  'an admin, a role for reports, and privileges through a group': {
    before: `
      create table notes (tenant_id uuid, id int generated by default as identity, body text,
        primary key (tenant_id, id));
      create sequence note_numbers;
      grant some_role to app_user;
      grant select, insert, update, delete on notes to some_role, app_admin;
      grant usage on sequence note_numbers to some_role;`,
    after: `
      create policy reports on notes for select to app_owner using (true);
      grant select on notes to app_owner;`,
    tables: ['notes'],
  },

  'domains, other types of tenants, and mixed case in two schemas': {
    before: `
      create schema billing;
      create domain org_ref as uuid;
      create domain billing.code as varchar(20) check (value <> '');
      create table "Projects" ("tenantId" org_ref, "id" int, "Name" text,
        primary key ("tenantId", "id"));
      create table billing.invoices (org billing.code, number int, cents bigint,
        primary key (org, number));
      create table billing."order" (tenant_id bigint not null, "select" int);
      create index on billing."order" (tenant_id, "select");
      create table billing.lines (org varchar(20), number int, line int, text text,
        primary key (org, number, line),
        foreign key (org, number) references billing.invoices (org, number) on delete cascade);
      grant usage on schema billing to app_user, app_admin;
      grant select, insert, update, delete on "Projects", billing.invoices, billing."order",
        billing.lines to app_user, app_admin;`,
    schemas: ['public', 'billing'],
    tables: {
      Projects: { column: 'tenantId' },
      invoices: { column: 'org' },
      order: {},
      lines: { column: 'org' },
    },
  },

  'keys, indexes and constraints of every kind that begin with the tenant': {
    before: `
      create extension btree_gist;
      create table rooms (tenant_id uuid, id int, name text, primary key (tenant_id, id));
      create unique index on rooms (tenant_id, lower(name));
      create table bookings (tenant_id uuid, id int, room_id int, parent_id int, during tstzrange,
        tags text[], length_of_name int generated always as (length('x')) stored,
        primary key (tenant_id, id),
        foreign key (tenant_id, room_id) references rooms (tenant_id, id) on delete cascade,
        foreign key (tenant_id, parent_id) references bookings (tenant_id, id),
        exclude using gist (tenant_id with =, room_id with =, during with &&),
        check (room_id > 0));
      create index on bookings using gin (tags);
      create statistics booking_rooms on tenant_id, room_id from bookings;
      create publication changes for table bookings;
      grant select, insert, update, delete on rooms, bookings to app_user;`,
    tables: ['rooms', 'bookings'],
  },

  'permissive policies of the user above the floor': {
    before: `
      create table pages (tenant_id uuid, id int, author int, deleted_at timestamptz,
        primary key (tenant_id, id));
      create policy reading on pages for select to app_user using (deleted_at is null);
      create policy writing on pages for insert to app_user with check (${OWN});
      create policy changing on pages for update to app_user
        using (author = (select nullif(current_setting('app.user_id', true), '')::int))
        with check (author = (select nullif(current_setting('app.user_id', true), '')::int));
      grant select, insert, update on pages to app_user;`,
    tables: { pages: { access: 'boundary' } },
  },
}

describe('the audit of a correct schema', () => {
  for (const [title, { before, after = '', ...config }] of Object.entries(CASES)) {
    it(`finds nothing that matters: ${title}`, () =>
      withDatabase(async (url) => {
        const database = new URL(url).pathname.slice(1)
        const roles = { app: `${database}_app_user`, admin: `${database}_app_admin` }
        const run = (sql: string) =>
          withClient(url, (client) => client.query(withRolesOf(database, sql)))

        await run(`${ROLES}${before}`)
        await applyPlan(url, { ...config, roles })
        await run(after)
        const auditAs = (login: string) =>
          withClient(login, (client) =>
            audit(client, { ...config, roles, audit: { levels: { 'server-rls-cve': 'off' } } }),
          )
        const report = await auditAs(url)

        const serious = report.findings.filter(({ level }) => isAtLeast(level, 'medium'))
        expect(serious).to.deep.equal([])
        expect(report.inconclusive).to.deep.equal([])
        expect(report.tables).to.be.greaterThan(0)
        expect(await auditAs(loginUrl(url, roles.app)), 'as the application').to.deep.equal(report)
      }))
  }
})

// PostgreSQL 14 lets everybody create in `public`.
const ROLES = `
  create role app_owner;
  create role app_user login;
  create role app_admin login;
  create role some_role;
  revoke create on schema public from public;`
