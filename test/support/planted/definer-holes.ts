import { ALL_OF_B, GONE, type PlantedHole, SECRET } from './planted-case.ts'

const PATH = 'set search_path = pg_catalog, public, pg_temp'

/** Functions that run as their owner, and the ways to have them run. */
export const DEFINER_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a function of the admin': {
    setup: `create function search(q text) returns setof text language sql security definer ${PATH}
        as 'select name from public.projects';
      alter function search(text) owner to app_admin`,
    proof: [`select search('x')`],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'app_admin, whose policy tenant_admin is `using (true)`',
  },
  'a function of a member of the admin': {
    setup: `create role @batch; grant app_admin to @batch;
      create function search() returns setof text language sql security definer ${PATH}
        as 'select name from public.projects';
      alter function search() owner to @batch`,
    proof: ['select search()'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'public.search(), security definer',
  },
  'a function that hands out JSON': {
    setup: `create function report() returns jsonb language plpgsql security definer ${PATH} as $$
      begin return (select jsonb_agg(to_jsonb(p)) from public.projects p); end $$`,
    proof: ['select report()'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'a superuser → public.projects: rows of every tenant',
  },
  'a procedure that changes rows': {
    setup: `create procedure tidy() language sql security definer ${PATH}
      as 'update public.projects set name = btrim(name, ''SECRT-B'')'`,
    proof: ['call tidy()'],
    done: GONE,
    check: 'function-security-definer',
    road: 'calls public.tidy(), security definer',
  },
  'a function of the owner that empties tables': {
    setup: `create function reset_demo() returns void language plpgsql security definer ${PATH}
        as 'begin truncate public.tasks, public.projects; end';
      alter function reset_demo() owner to app_owner`,
    proof: ['select reset_demo()'],
    done: GONE,
    check: 'function-security-definer',
    road: 'app_owner, the owner → public.tasks: empties it for every tenant',
  },
  'a function of the owner that calls one of a superuser': {
    setup: `create schema inner_;
      create function inner_.all_names() returns text language sql security definer ${PATH}
        as 'select ${ALL_OF_B.replaceAll("'", "''")}';
      revoke execute on function inner_.all_names() from public;
      grant usage on schema inner_ to app_owner;
      grant execute on function inner_.all_names() to app_owner;
      create function names() returns text language sql security definer ${PATH}
        as 'select inner_.all_names()';
      alter function names() owner to app_owner`,
    proof: ['select names()'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'app_owner → executes inner_.all_names(), security definer',
  },
  'a body that was parsed when it was made': {
    setup: `create function names() returns setof text language sql security definer ${PATH}
      begin atomic select name from public.projects; end`,
    proof: ['select names()'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'public.names(), security definer',
  },
  'a parsed body that calls into a schema which is closed': {
    setup: `create schema closed;
      create function closed.names() returns text language sql security definer ${PATH}
        as $$ select ${ALL_OF_B} $$;
      create function names() returns text language sql begin atomic select closed.names(); end`,
    proof: ['select names()'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'executes public.names() → executes closed.names(), security definer',
  },
  'the transition function of an aggregate': {
    setup: `create function acc(text, int) returns text language sql security definer ${PATH}
        as $$ select ${ALL_OF_B} $$;
      revoke execute on function acc(text, int) from public;
      create aggregate total(int) (sfunc = acc, stype = text)`,
    proof: ['select total(1)'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'public.total(integer), which calls public.acc(text, integer), security definer',
  },
  'an operator of a closed schema': {
    setup: `create schema closed;
      create function closed.peek(int, int) returns text language sql security definer ${PATH}
        as $$ select ${ALL_OF_B} $$;
      create operator public.=== (leftarg = int, rightarg = int, function = closed.peek)`,
    proof: ['select 1 === 1'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'uses operator public.===',
  },
  'a cast of a closed schema': {
    setup: `create schema closed; create type public.key as (id int);
      create function closed.peek(public.key) returns text language sql security definer ${PATH}
        as $$ select ${ALL_OF_B} $$;
      create cast (public.key as text) with function closed.peek(public.key)`,
    proof: ['select cast(row(1)::public.key as text)'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'casts public.key to text',
  },
  'a default that calls into a closed schema': {
    setup: `create schema closed;
      create function closed.names() returns text language sql security definer ${PATH}
        as $$ select ${ALL_OF_B} $$;
      alter table countries add column note text default closed.names()`,
    proof: [`insert into countries (code) values ('it') returning note`],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'column note of public.countries calls closed.names()',
  },
  'a CHECK that says what it saw': {
    setup: `create schema closed;
      create function closed.fits(text) returns boolean language plpgsql security definer ${PATH}
        as $$ begin raise exception 'not %', ${ALL_OF_B}; end $$;
      alter table countries add constraint fits check (closed.fits(code)) not valid`,
    proof: [`insert into countries values ('it')`],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'constraint fits of public.countries calls closed.fits(text)',
  },
  'a CHECK of a domain': {
    setup: `create schema closed;
      create function closed.fits(text) returns boolean language plpgsql security definer ${PATH}
        as $$ begin raise exception 'not %', ${ALL_OF_B}; end $$;
      create domain public.label as text constraint fits check (closed.fits(value));
      create table labels (label public.label); grant insert on labels to app_user`,
    proof: [`insert into labels values ('x')`],
    config: { global: ['countries', 'labels'] },
    shows: SECRET,
    check: 'function-security-definer',
    road: 'casts to domain public.label, whose constraint calls closed.fits(text)',
  },
  'an expression of an index': {
    setup: `create schema closed;
      create function closed.norm(text) returns text language plpgsql immutable security definer ${PATH}
        as $$ begin raise exception 'not %', ${ALL_OF_B}; end $$;
      create table labels (label text); create index on labels (closed.norm(label));
      grant insert on labels to app_user`,
    proof: [`insert into labels values ('x')`],
    config: { global: ['countries', 'labels'] },
    shows: SECRET,
    check: 'function-security-definer',
    road: 'calls closed.norm(text), security definer',
  },
  'the operator of an exclusion constraint, closed to all': {
    setup: `create function same(int, int) returns boolean language plpgsql immutable security definer ${PATH}
        as $$ begin raise exception 'not %', ${ALL_OF_B}; end $$;
      revoke execute on function same(int, int) from public;
      create operator public.~=~ (leftarg = int, rightarg = int, function = same, commutator = ~=~);
      create operator class same_ops for type int using hash
        as operator 1 public.~=~, function 1 hashint4(int);
      create table slots (slot int, exclude using hash (slot same_ops with operator(public.~=~)));
      grant insert on slots to app_user`,
    proof: ['insert into slots values (1)', 'insert into slots values (1)'],
    config: { global: ['countries', 'slots'] },
    shows: SECRET,
    check: 'function-security-definer',
    road: 'exclusion constraint',
  },
  'the distance of a range type, closed to all': {
    setup: `create function gap(float8, float8) returns float8 language plpgsql immutable security definer
        ${PATH} as $$ begin raise exception 'not %', ${ALL_OF_B}; end $$;
      create type public.span as range (subtype = float8, subtype_diff = gap);
      revoke execute on function gap(float8, float8) from public;
      create table spans (span public.span); create index on spans using gist (span);
      grant insert on spans to app_user`,
    proof: ['insert into spans select public.span(i, i + 1) from generate_series(1, 500) i'],
    config: { global: ['countries', 'spans'] },
    shows: SECRET,
    check: 'function-security-definer',
    road: 'range type',
  },
}
