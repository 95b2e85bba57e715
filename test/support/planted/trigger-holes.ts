import { ALL_OF_B, GONE, type PlantedHole, SECRET } from './planted-case.ts'

const PATH = 'set search_path = pg_catalog, public, pg_temp'

const FILLS = (column: string) => `create function fill() returns trigger language plpgsql
  security definer ${PATH} as $$ begin new.${column} := ${ALL_OF_B}; return new; end $$`

/** Triggers, event triggers and rules, which no statement calls. */
export const TRIGGER_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a trigger of a global table': {
    setup: `create table jobs (id int, result text); grant select, insert on jobs to app_user;
      ${FILLS('result')};
      create trigger fill before insert on jobs for each row execute function fill()`,
    proof: ['insert into jobs (id) values (1) returning result'],
    config: { global: ['countries', 'jobs'] },
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'trigger fill on public.jobs calls public.fill(), security definer',
  },
  'a trigger of one partition': {
    setup: `${FILLS('path')};
      create trigger fill before insert on visits_2026 for each row execute function fill()`,
    proof: [
      `insert into visits values ('aaaaaaaa-0000-4000-8000-000000000001', '2026-06-06', 'x') returning path`,
    ],
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'inserts into public.visits → trigger fill on public.visits_2026',
  },
  'a trigger whose function is closed to all': {
    setup: `${FILLS('body')}; revoke execute on function fill() from public;
      create trigger fill before update on comments for each row execute function fill()`,
    proof: ['update comments set id = id returning body'],
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'trigger fill on public.comments calls public.fill()',
  },
  'a trigger instead of an insert into a view': {
    setup: `create view inbox as select 1 as id, ''::text as answer;
      ${FILLS('answer')};
      create trigger fill instead of insert on inbox for each row execute function fill();
      grant insert, select on inbox to app_user`,
    proof: [`insert into inbox values (1, '') returning answer`],
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'inserts into public.inbox → trigger fill on public.inbox',
  },
  'a trigger of a statement that clears a table': {
    setup: `create table jobs (id int); grant insert on jobs to app_user;
      create function clear() returns trigger language plpgsql security definer ${PATH}
        as 'begin delete from public.tasks; delete from public.projects; return null; end';
      create trigger clear after insert on jobs execute function clear()`,
    proof: ['insert into jobs values (1)'],
    config: { global: ['countries', 'jobs'] },
    done: GONE,
    check: 'trigger-security-definer',
    road: 'deletes rows of every tenant',
  },
  'a trigger in a schema that the config does not name': {
    setup: `create schema support; grant usage on schema support to app_user;
      create table support.tickets (id int, answer text);
      grant select, insert on support.tickets to app_user;
      ${FILLS('answer')};
      create trigger fill before insert on support.tickets for each row execute function fill()`,
    proof: ['insert into support.tickets (id) values (1) returning answer'],
    shows: SECRET,
    check: 'trigger-security-definer',
    road: 'trigger fill on support.tickets',
  },
  'an event trigger': {
    setup: `create function tell() returns event_trigger language plpgsql security definer ${PATH}
        as $$ begin raise exception 'all: %', ${ALL_OF_B}; end $$;
      create event trigger tell on ddl_command_end execute function tell()`,
    proof: ['create temporary table t (id int)'],
    shows: SECRET,
    check: 'event-trigger-reaches-tenants',
    road: 'event trigger tell calls public.tell(), security definer',
  },
  'a login trigger that chooses a tenant': {
    setup: `create function choose() returns event_trigger language plpgsql as $$ begin
        perform set_config('app.tenant_id', 'bbbbbbbb-0000-4000-8000-000000000002', false);
      end $$;
      create event trigger choose on login execute function choose()`,
    proof: ['select name from projects'],
    isWithoutTenant: true,
    since: 17,
    shows: SECRET,
    check: 'event-trigger-sets-tenant',
    road: 'Event trigger choose (login) calls it',
  },
  'a rule beside an insert': {
    setup: `create table pings (id int);
      create rule rename as on insert to pings do also update public.projects set name = 'pwned';
      grant insert on pings to app_user`,
    proof: ['insert into pings values (1)'],
    config: { global: ['countries', 'pings'] },
    done: GONE,
    check: 'rule-reaches-tenants',
    road: 'rule rename on public.pings updates public.projects',
  },
  'a rule on a view that reads as its caller': {
    setup: `create view mine with (security_invoker = true) as select name from projects;
      create rule clear as on delete to mine do instead
        (delete from public.tasks; delete from public.projects);
      grant select, delete on mine to app_user`,
    proof: ['delete from mine'],
    since: 15,
    done: GONE,
    check: 'rule-reaches-tenants',
    road: 'rule clear on public.mine deletes from public.tasks',
  },
  'a rule that calls a function of a superuser': {
    setup: `create schema closed;
      create function closed.rename() returns void language sql security definer ${PATH}
        as $$ update public.projects set name = 'pwned' $$;
      create table pings (id int);
      create rule call as on insert to pings do also select closed.rename();
      grant insert on pings to app_user`,
    proof: ['insert into pings values (1)'],
    config: { global: ['countries', 'pings'] },
    done: GONE,
    check: 'function-security-definer',
    road: 'rule call on public.pings calls closed.rename()',
  },
  'a notification with the row': {
    setup: `create function tell() returns trigger language plpgsql
        as $$ begin perform pg_notify('rows', to_jsonb(new)::text); return new; end $$;
      create trigger tell after insert on projects for each row execute function tell()`,
    proof: ['listen rows'],
    meanwhile: `insert into projects values ('bbbbbbbb-0000-4000-8000-000000000002', 3, 'SECRET-B')`,
    shows: SECRET,
    check: 'notification-carries-rows',
    road: 'may send whole rows',
  },
}
