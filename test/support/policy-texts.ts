import { doubtful, more, nothing } from './truth-table-words.ts'

/** The tenant of the statement. */
export const S = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`
/** The condition of a wanted policy. */
export const X = `tenant_id = ${S}`

export const A = '00000000-0000-4000-8000-00000000000a'
export const B = '00000000-0000-4000-8000-00000000000b'

/** The words of a truth table for the only policy that matters, because the floor says `true`. */
export const TEXTS: Readonly<Record<string, string>> = {
  [`${S} = tenant_id`]: 'same',
  [`tenant_id in ${S}`]: 'same',
  [`not (tenant_id <> ${S})`]: 'same',
  [`tenant_id = any (array[${S}])`]: 'same',
  [`case when ${S} is null then false else ${X} end`]: 'same',
  [`exists (select 1 where ${X})`]: 'same',
  [`(${X}) is true`]: 'same',
  [`tenant_id is not distinct from ${S} and tenant_id is not null`]: 'same',
  "tenant_id::text = current_setting('app.tenant_id', true)": 'same',
  "tenant_id = nullif(current_setting('APP.Tenant_ID', true), '')::uuid": 'same',
  // Without nullif it fails where the others are empty, which lets no row through either.
  "tenant_id = current_setting('app.tenant_id', true)::uuid": 'same',
  "tenant_id = current_setting('app.tenant_id')::uuid": 'same',
  'case when tenant_id is null then null else false end': nothing(),

  [`${S} is null or ${X}`]: more('with no tenant set, a row of tenant A'),
  [`tenant_id = coalesce(${S}, tenant_id)`]: more('with no tenant set, a row of tenant A'),
  [`${X} or true`]: more('with no tenant set, a row of tenant A'),
  [`tenant_id is not distinct from ${S}`]: more('with no tenant set, a row of no tenant'),
  [`tenant_id is null or ${X}`]: more('with no tenant set, a row of no tenant'),
  [`tenant_id <> ${S}`]: more('with tenant A, a row of tenant B'),
  [`tenant_id != all (array[${S}])`]: more('with tenant A, a row of tenant B'),
  [`(${X}) is not false`]: more('with no tenant set, a row of tenant A'),
  [`${X} or is_public`]: more('with no tenant set, a row of tenant A where is_public = true'),
  [`${X} or not is_public`]: more('with no tenant set, a row of tenant A where is_public = false'),
  [`${X} or is_public is null`]: more(
    'with no tenant set, a row of tenant A where is_public = null',
  ),
  [`${X} or status = 'it''s public'`]: more(
    "with no tenant set, a row of tenant A where status = 'it''s public'",
  ),
  [`${X} or level > 5`]: more('with no tenant set, a row of tenant A where level = 6'),
  [`${X} or deleted_at is null`]: more('with no tenant set, a row of tenant A'),
  [`${X} or tenant_id = '${A}'`]: more(`with no tenant set, a row of tenant ${A}`),
  [`case current_setting('app.tenant_id', true) when 'root' then true else ${X} end`]: more(
    'with tenant root, a row of tenant A',
  ),
  [`${X} or tenant_id = '{0000000000004000800000000000000a}'::text::uuid`]: more(
    'with no tenant set, a row of tenant {0000000000004000800000000000000a}',
  ),
  [`${X} or current_setting('app.is_admin', true)::boolean`]: more(
    "with no tenant set and app.is_admin = 'true', a row of tenant A",
  ),
  [`${X} or word = 'x'`]: more("with no tenant set, a row of tenant A where word = 'x'"),
  [`${X} or current_setting('app.bypass', true) = 'on'`]: more(
    "with no tenant set and app.bypass = 'on', a row of tenant A",
  ),
  [`${S} = tenant_id or exists (select 1 where projects.is_public)`]: more(
    'with no tenant set, a row of tenant A where is_public = true',
  ),
  [X.replace('app.tenant_id', 'app.org_id')]: more(
    'with no tenant set and app.org_id = tenant A, a row of tenant A',
  ),

  [`${X} and is_public`]: 'no more',
  [`${X} and deleted_at is null`]: 'no more',
  false: nothing(),
  [`id = -1 and ${X}`]: 'no more',

  [`${X} or (doc ->> 'public') = 'yes'`]: doubtful(
    'compares or computes with ->>',
    'reads doc, of which not every value can be tried',
  ),
  [`${X} or md5(tenant_id::text) = 'x'`]: doubtful('compares or computes with pg_catalog.md5'),
  [`${X} or tenant_id::text like 'f%f'`]: doubtful('compares or computes with ~~'),
  [`${X} or tenant_id::text::varchar(2) = 'zz'`]: doubtful(
    'compares or computes with pg_catalog."varchar"',
  ),
  [`${X} and current_setting('app.tenant_id', true)::boolean`]: 'no more',
  [`${X} or since is null`]: doubtful('reads since, of which no value can be tried'),
  [`${X} or kind = 1`]: more('with no tenant set, a row of tenant A where kind = 1'),
  [`${X} or kind is null`]: doubtful('reads kind, of which no value can be tried'),
  [`${X} or current_user = 'boss'`]: doubtful('depends on the role or the time'),
  [`${X} or now() > '2999-01-01'`]: doubtful('calls pg_catalog.now, which is not run here'),
  [`${X} or exists (select from secrets)`]: doubtful('looks into a table'),
  [`${X} or tenant_id in (select tenant_id from projects)`]: doubtful('looks into a table'),
  [`${X} or projects is null`]: doubtful(
    'uses a column that every table has, or the row as a whole',
    'uses the type public.projects',
  ),
  [`${X} or ctid is null`]: doubtful('uses a column that every table has, or the row as a whole'),
  [`${X} or is_member()`]: doubtful('calls public.is_member, which is not run here'),
  [`${X} or query_to_xml('select is_member()', true, true, '') is not null`]: doubtful(
    'calls pg_catalog.query_to_xml, which is not run here',
  ),
  [`${X} or 'x'::checked is null`]: doubtful('uses COERCETODOMAIN'),
  [`${X} or current_setting('server_version') = '1'`]: doubtful(
    'reads a setting that is not one of the application',
  ),
  [`${X} or current_setting('app.' || 'x', true) = 'on'`]: doubtful(
    'reads a setting that is not one of the application',
  ),
  [`${X} or status = E'\\\\' and false`]: doubtful(
    'holds a backslash',
    'reads status, of which not every value can be tried',
  ),
  [`${X} or status in ('a', 'b', 'c', 'd', 'e', 'f', 'g') and false`]: doubtful(
    'reads status, of which not every value can be tried',
    'is of a table whose policies name more values than are tried',
  ),
  [`${X} or current_setting('a.b', true) = 'x' and current_setting('c.d', true) = 'x'`]: doubtful(
    'is of a table whose policies read more settings than are varied together',
  ),
}

// The primary key gives none of them a column that may not be NULL.
export const COLUMNS = `tenant_id uuid, id int, is_public boolean, status text, level int,
  deleted_at timestamptz, doc jsonb, word checked,
  since date not null default '2026-01-01', kind int not null default 1`

export function onlyAccess(table: string, text: string): string {
  return `alter table ${table} alter tenant_id drop not null;
    alter policy tenant_isolation on ${table} using (true) with check (true);
    alter policy tenant_access on ${table} using (${text.replaceAll('projects', table)})`
}

export const SCHEMA = `
  create role app_user login;
  create role app_admin login;
  create role some_role;
  create role app_user_group;
  grant app_user_group to app_user;
  create domain code as varchar(20) check (value <> '');
  create function is_member() returns boolean language plpgsql immutable as $$
    begin perform set_config('test.called', 'yes', false); return true; end $$;
  create domain checked as text check (is_member());
  create table secrets (tenant_id uuid);
  revoke create on schema public from public;
`
