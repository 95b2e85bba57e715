import { ALL_OF_B, type PlantedHole, SECRET } from './planted-case.ts'

const PATH = 'set search_path = pg_catalog, public, pg_temp'
const B = 'bbbbbbbb-0000-4000-8000-000000000002'
const MINE = `current_setting('app.tenant_id')::uuid`

/** A definer function that says everything when it is called. */
const SHOUTS = (name: string) => `create function closed.${name}(text) returns boolean
  language plpgsql immutable security definer ${PATH}
  as $$ begin raise exception 'all: %', ${ALL_OF_B}; end $$`

const DEFINER = (name: string, body: string, returns = 'setof text') =>
  `create function ${name} returns ${returns} language sql security definer ${PATH} as $$ ${body} $$`

const BY_FUNCTION = { check: 'function-security-definer', shows: SECRET } as const

/** Code in places that PostgreSQL keeps, in words, and in the catalog. All of them stand in one database. */
export const SIBLING_HOLES: Readonly<Record<string, PlantedHole>> = {
  'the default of a column of a view': {
    setup: `create table base1 (id int, t text); create view view1 as select * from base1;
      create function closed.names() returns text language sql security definer ${PATH} as $$ select ${ALL_OF_B} $$;
      alter view view1 alter t set default closed.names(); grant select, insert on view1 to app_user`,
    proof: ['insert into view1 (id) values (1)', 'select * from view1'],
    config: { global: ['base1'] },
    ...BY_FUNCTION,
    road: 'column t of public.view1 calls closed.names()',
  },
  'the condition of a trigger': {
    setup: `${SHOUTS('when_')}; create table base2 (t text); grant insert on base2 to app_user;
      create function pass2() returns trigger language plpgsql as 'begin return new; end';
      create trigger w before insert on base2 for each row when (closed.when_(new.t)) execute function pass2()`,
    proof: [`insert into base2 values ('x')`],
    config: { global: ['base2'] },
    ...BY_FUNCTION,
    road: 'condition of trigger w of public.base2 calls closed.when_(text)',
  },
  'the key of partitions': {
    setup: `${SHOUTS('part')}; create table base3 (t text) partition by list (closed.part(t));
      create table base3_1 partition of base3 default; grant insert on base3 to app_user`,
    proof: [`insert into base3 values ('x')`],
    config: { global: ['base3'] },
    ...BY_FUNCTION,
    road: 'partition key base3 of public.base3 calls closed.part(text)',
  },
  'a domain in a composite type': {
    setup: `${SHOUTS('fits')}; create domain closed.label as text check (closed.fits(value));
      create type pair4 as (a closed.label); create table base4 (p pair4); grant insert on base4 to app_user`,
    proof: [`insert into base4 values (row('x'))`],
    config: { global: ['base4'] },
    ...BY_FUNCTION,
    road: 'of public.base4 calls closed.fits(text)',
  },
  'the comparison of an index, closed to all': {
    setup: `create type key5 as (i int);
      create function closed.cmp(key5, key5) returns int language plpgsql immutable security definer ${PATH}
        as $$ begin raise exception 'all: %', ${ALL_OF_B}; end $$;
      revoke execute on function closed.cmp(key5, key5) from public;
      create function lt5(key5, key5) returns boolean language sql immutable as 'select ($1).i < ($2).i';
      create operator <# (leftarg = key5, rightarg = key5, function = lt5);
      create operator class key5_ops default for type key5 using btree
        as operator 1 <#, function 1 closed.cmp(key5, key5);
      create table base5 (k key5); create index on base5 (k); grant insert on base5 to app_user`,
    proof: ['insert into base5 select row(i)::key5 from generate_series(1, 3) i'],
    config: { global: ['base5'] },
    ...BY_FUNCTION,
    road: 'sorts or compares by public.key5_ops, which calls closed.cmp(public.key5, public.key5)',
  },
  'a view over a view, written through': {
    setup: `create view inner6 as select * from projects; create view outer6 as select * from inner6;
      grant insert on outer6 to app_user`,
    proof: [`insert into outer6 values ('${B}', 66, 'planted')`],
    done: `select exists (select from projects where name = 'planted') as done`,
    check: 'view-bypasses-rls',
    road: 'inserts into public.outer6',
  },
  'a block in a body': {
    setup: `create function block7() returns void language plpgsql security definer ${PATH} as $$ begin
      do $b$ begin update public.visits set path = 'gone'; end $b$; end $$`,
    proof: ['select block7()'],
    done: `select not exists (select from visits where path = 'SECRET-B') as done`,
    check: 'function-security-definer',
    road: 'public.visits: changes rows of every tenant',
  },
  'a name in escapes': {
    setup: DEFINER('escaped8()', 'select name from public.U&"proj\\0065cts"'),
    proof: ['select escaped8()'],
    ...BY_FUNCTION,
    road: 'public.escaped8()',
  },
  'a body that gives a role away': {
    setup: `create function give9() returns void language plpgsql security definer ${PATH}
      as $$ begin grant app_admin to app_user; end $$`,
    proof: ['select give9()', 'set role app_admin', 'select name from projects'],
    ...BY_FUNCTION,
    road: 'it gives roles or schemas away',
  },
  'the tenant among the columns': {
    setup: DEFINER('flag10()', `select name || (tenant_id = ${MINE})::text from public.projects`),
    proof: ['select flag10()'],
    ...BY_FUNCTION,
    road: 'public.flag10()',
  },
  'the tenant below NOT': {
    setup: DEFINER('not11()', `select name from public.projects where not (tenant_id = ${MINE})`),
    proof: ['select not11()'],
    ...BY_FUNCTION,
    road: 'public.not11()',
  },
  'the tenant in the ON of a left join': {
    setup: DEFINER(
      'left12()',
      `select p.name from public.projects p left join public.projects q
        on p.tenant_id = ${MINE} and q.tenant_id = ${MINE}`,
    ),
    proof: ['select left12()'],
    ...BY_FUNCTION,
    road: 'public.left12()',
  },
  'a tenant that the body sets': {
    setup: `create function set13(t uuid) returns setof text language plpgsql security definer ${PATH} as $$
      begin perform set_config('app.tenant_id', t::text, true);
        return query select name from public.projects where tenant_id = ${MINE}; end $$`,
    proof: [`select set13('${B}')`],
    ...BY_FUNCTION,
    road: 'public.set13(t uuid)',
  },
  'a tenant that the body of a caller sets': {
    setup: `create function demo14() returns setof text language plpgsql as $$
      begin perform set_config('app.tenant_id', '${B}', true);
        return query select name from public.projects; end $$`,
    proof: ['select demo14()'],
    shows: SECRET,
    check: 'function-sets-tenant-setting',
    road: 'public.demo14(): The application may call it; it sets app.tenant_id',
  },
  'a tenant that a trigger sets': {
    setup: `create table base15 (t text); grant insert on base15 to app_user;
      create function set15() returns trigger language plpgsql
        as $$ begin perform set_config('app.tenant_id', '${B}', false); return new; end $$;
      create trigger s before insert on base15 for each row execute function set15()`,
    proof: [`insert into base15 values ('')`, 'select name from projects'],
    config: { global: ['base15'] },
    shows: SECRET,
    check: 'function-sets-tenant-setting',
    road: 'public.set15(): A trigger calls it',
  },
  'a text that a policy asks for': {
    setup: `${DEFINER('every16()', `select ${ALL_OF_B}`, 'text')};
      create policy more on comments to app_user using (length(every16()) > 0)`,
    proof: ['select every16()'],
    ...BY_FUNCTION,
    road: 'public.every16()',
  },
  'the statistics, by a function': {
    setup: `insert into projects select '${B}', g, 'SECRET-B' from generate_series(100, 140) g; analyze projects;
      ${DEFINER('stats17()', `select most_common_vals::text from pg_stats where tablename = 'projects'`)}`,
    proof: ['select stats17()'],
    shows: SECRET,
    check: 'unlisted-table-reached',
    road: 'pg_catalog.pg_stats: it holds values of the rows of every tenant',
  },
  'the statistics, by a view': {
    setup: `create view stats18 as select stavalues1::text as v from pg_statistic;
      grant select on stats18 to app_user`,
    proof: [`select v from stats18 where v like '%SECRET-B%'`],
    shows: SECRET,
    check: 'unlisted-table-reached',
    road: 'pg_catalog.pg_statistic: it holds values of the rows of every tenant',
  },
  'a file, by a function': {
    setup: DEFINER('file19(p text)', `select 'SECRET-B ' || pg_read_file(p)`),
    proof: [`select file19('PG_VERSION')`],
    ...BY_FUNCTION,
    road: 'pg_read_file reads files of the server',
  },
  'a large object, by a function': {
    setup: `select lo_from_bytea(4720, 'SECRET-B');
      ${DEFINER('large20(o oid)', `select encode(lo_get(o), 'escape')`)}`,
    proof: ['select large20(4720)'],
    ...BY_FUNCTION,
    road: 'lo_get reads large objects',
  },
}
