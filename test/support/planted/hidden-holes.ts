import { ALL_OF_B, type PlantedHole, SECRET } from './planted-case.ts'

const PATH = 'set search_path = pg_catalog, public, pg_temp'
const A = 'aaaaaaaa-0000-4000-8000-000000000001'
const B = 'bbbbbbbb-0000-4000-8000-000000000002'

const SAYS_ALL = (name: string) => `create function closed.${name}() returns text language sql
  stable security definer ${PATH} as $$ select ${ALL_OF_B} $$`

const RAISES = (name: string, returns: string) => `create function ${name}() returns ${returns}
  language plpgsql security definer ${PATH} as $$ begin raise exception '%', ${ALL_OF_B}; end $$`

const COPIED = { check: 'tenant-rows-copied', shows: SECRET } as const
const BY_FUNCTION = { check: 'function-security-definer', shows: SECRET } as const

/** Code that is set off where no statement of the application says so. All of them stand in one database. */
export const HIDDEN_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a trigger of its own, with a tenant that it likes': {
    setup: `create function touch1() returns trigger language plpgsql security definer ${PATH} as $$ begin
        update public.comments set body = 'touched' where tenant_id = new.tenant_id; return null; end $$`,
    proof: [
      'create temporary table own1 (tenant_id uuid)',
      'create trigger t after insert on own1 for each row execute function public.touch1()',
      `insert into own1 values ('${B}')`,
    ],
    done: `select exists (select from comments where tenant_id = '${B}' and body = 'touched') as done`,
    check: 'trigger-security-definer',
    road: 'makes a trigger on a table of its own, which calls public.touch1()',
  },
  'a trigger that is disabled': {
    setup: `${RAISES('shout2', 'trigger')}; create table base2 (t text);
      create trigger t before insert on base2 for each row execute function shout2();
      alter table base2 disable trigger t`,
    proof: [
      'create temporary table own2 (t text)',
      'create trigger t before insert on own2 for each row execute function public.shout2()',
      'insert into own2 values (null)',
    ],
    config: { global: ['base2'] },
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'makes a trigger on a table of its own, which calls public.shout2()',
  },
  'a tenant that a later trigger corrects': {
    setup: `alter table tasks add summary text;
      create function sum3() returns trigger language plpgsql security definer ${PATH} as $$ begin
        new.summary := (select string_agg(name, ',') from public.projects where tenant_id = new.tenant_id);
        return new; end $$;
      revoke execute on function sum3() from public;
      create function stamp3() returns trigger language plpgsql ${PATH}
        as $$ begin new.tenant_id := '${A}'::uuid; return new; end $$;
      create trigger a before insert on tasks for each row execute function sum3();
      create trigger z before insert on tasks for each row execute function stamp3()`,
    proof: [`insert into tasks (tenant_id, id) values ('${B}', 93) returning summary`],
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'trigger a on public.tasks calls public.sum3(), security definer',
  },
  'an event trigger of one command': {
    setup: `${RAISES('watch4', 'event_trigger')};
      create event trigger watch4_@@ on ddl_command_end when tag in ('CREATE STATISTICS') execute function watch4()`,
    proof: [
      'create temporary table own4 (a int, b int)',
      'create statistics pg_temp.s4 on a, b from own4',
    ],
    shows: SECRET,
    check: 'event-trigger-reaches-tenants',
    road: 'gives the command CREATE STATISTICS',
  },
  'an event trigger of a command that every role may give': {
    setup: `${RAISES('watch5', 'event_trigger')};
      create event trigger watch5_@@ on ddl_command_end when tag in ('ALTER DEFAULT PRIVILEGES') execute function watch5()`,
    proof: ['alter default privileges grant select on tables to public'],
    shows: SECRET,
    check: 'event-trigger-reaches-tenants',
    road: 'gives the command ALTER DEFAULT PRIVILEGES',
  },
  'the default of a domain': {
    setup: `${SAYS_ALL('names6')}; create domain label6 as text default closed.names6();
      create table base6 (i int, t label6); grant select, insert on base6 to app_user`,
    proof: ['insert into base6 (i) values (1) returning t'],
    config: { global: ['base6'] },
    ...BY_FUNCTION,
    road: 'column t of public.base6 calls closed.names6()',
  },
  'the default of an argument': {
    setup: `${SAYS_ALL('names7')};
      create function hello7(t text default closed.names7()) returns text language sql as 'select t'`,
    proof: ['select hello7()'],
    ...BY_FUNCTION,
    road: 'executes public.hello7(t text), whose arguments call closed.names7()',
  },
  'the condition of a rule': {
    setup: `create table base8 (i int); grant insert on base8 to app_user;
      create rule r as on insert to base8 where exists (select from projects where name = 'SECRET-B') do instead nothing`,
    proof: ['insert into base8 values (1)'],
    config: { global: ['base8'] },
    done: 'select not exists (select from base8) as done',
    check: 'rule-reaches-tenants',
    road: 'rule r on public.base8 reads public.projects',
  },
  'a view beside those of PostgreSQL': {
    setup: `create view information_schema.names9 as select name from public.projects;
      grant select on information_schema.names9 to public`,
    proof: ['select * from information_schema.names9'],
    shows: SECRET,
    check: 'view-bypasses-rls',
    road: 'reads information_schema.names9',
  },
  'a global table that refers to a tenant table': {
    setup: `create table labels10 (of uuid, pid int, t text, foreign key (of, pid) references projects (tenant_id, id));
      insert into labels10 values ('${B}', 2, 'SECRET-B'); grant select on labels10 to app_user`,
    proof: ['select t from labels10'],
    config: { global: ['labels10'] },
    shows: SECRET,
    check: 'global-table-with-tenant-column',
    road: 'each row refers to one of public.projects',
  },
  'a table in another schema that refers to a tenant table': {
    setup: `create schema beside11; grant usage on schema beside11 to app_user;
      create table beside11.labels (of uuid, pid int, t text, foreign key (of, pid) references projects (tenant_id, id));
      insert into beside11.labels values ('${B}', 2, 'SECRET-B'); grant select on beside11.labels to app_user`,
    proof: ['select t from beside11.labels'],
    shows: SECRET,
    check: 'table-outside-schemas',
    road: 'each row refers to one of public.projects',
  },
  'a table that is made anew each night': {
    setup: `create procedure make12() language plpgsql as $$ begin drop table if exists public.report12;
        create table public.report12 as select name from public.projects;
        grant select on public.report12 to app_user; end $$;
      revoke execute on procedure make12() from public; call make12()`,
    proof: ['select * from report12'],
    config: { global: ['report12'] },
    ...COPIED,
    road: 'public.make12() fills it from public.projects',
  },
  'a table that SELECT INTO makes': {
    setup: `create procedure make13() language sql as $$ select name into public.report13 from public.projects $$;
      revoke execute on procedure make13() from public; call make13(); grant select on report13 to app_user`,
    proof: ['select * from report13'],
    config: { global: ['report13'] },
    ...COPIED,
    road: 'public.make13() fills it from public.projects',
  },
  'what a DELETE returned': {
    setup: `create table attic14 (t text); insert into attic14 values ('SECRET-B'); grant select on attic14 to app_user;
      create procedure age14() language sql
        as $$ with d as (delete from public.comments where false returning body) insert into public.attic14 select body from d $$;
      revoke execute on procedure age14() from public`,
    proof: ['select * from attic14'],
    config: { global: ['attic14'] },
    ...COPIED,
    road: 'public.age14() fills it from public.comments',
  },
  'a copy through a view': {
    setup: `create view names15 as select name from projects; create table copy15 (t text);
      grant select on copy15 to app_user;
      create procedure fill15() language sql as $$ insert into public.copy15 select name from public.names15 $$;
      revoke execute on procedure fill15() from public; call fill15()`,
    proof: ['select * from copy15'],
    config: { global: ['copy15'] },
    ...COPIED,
    road: 'public.fill15() fills it from public.projects',
  },
  'the tenant in a FILTER': {
    setup: `create function names16() returns text language sql security definer ${PATH} as $$
      select string_agg(name, ',') || count(*) filter (where tenant_id = current_setting('app.tenant_id')::uuid)
      from public.projects $$`,
    proof: ['select names16()'],
    ...BY_FUNCTION,
    road: 'public.names16()',
  },
  'one value of all rows, by a role with few rights': {
    setup: `create role @peek17; grant usage, create on schema public to @peek17;
      grant select (name) on projects to @peek17; create policy peek17 on projects for select to @peek17 using (true);
      create function names17() returns text language sql security definer ${PATH} as $$ select ${ALL_OF_B} $$;
      alter function names17() owner to @peek17; revoke create on schema public from @peek17`,
    proof: ['select names17()'],
    ...BY_FUNCTION,
    road: 'public.names17()',
  },
}
