import type { Clause } from '../../src/catalog/truth-table.ts'

const S = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`
const X = `tenant_id = ${S}`
export const A = '00000000-0000-4000-8000-00000000000a'
export const B = '00000000-0000-4000-8000-00000000000b'

/** What a truth table says of the only policy that matters, because the floor says `true`. */
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
  // Without nullif it fails where the others are empty, which lets nothing through either.
  "tenant_id = current_setting('app.tenant_id', true)::uuid": 'same',
  "tenant_id = current_setting('app.tenant_id')::uuid": 'same',
  'case when tenant_id is null then null else false end': NOTHING(),

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
  false: NOTHING(),
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

function more(cell: string): string {
  return `more: ${cell} is visible to select`
}

function NOTHING(): string {
  return 'nothing: with tenant A, a row of tenant A is hidden from select'
}

function doubtful(...reasons: string[]): string {
  return `doubtful: ${reasons.map((reason) => `policy tenant_access ${reason}`).join('; ')}`
}

/** A table of its own, and what is said of each clause where it is not `same`. */
export interface Other {
  readonly columns?: string
  readonly options?: object
  readonly drift: string
  readonly said: Partial<Record<Clause, string>>
}

/** Of the three clauses that ask whether a row is there. */
function using(cell: string): Other['said'] {
  return {
    select: more(cell),
    update: `more: ${cell} is within reach of update`,
    delete: `more: ${cell} is within reach of delete`,
  }
}

const T = `(select nullif(current_setting('app.tenant_id', true), ''))`
export const ALL: readonly Clause[] = ['select', 'insert', 'update', 'updated row', 'delete']

export const OTHERS: Readonly<Record<string, Other>> = {
  numbers: {
    columns: 'tenant_id bigint',
    drift: onlyAccess('numbers', `${T}::bigint = tenant_id`),
    said: {},
  },
  large_numbers: {
    columns: 'tenant_id bigint',
    drift: onlyAccess('large_numbers', `tenant_id in (${T}::bigint, 9007199254740993)`),
    said: using('with no tenant set, a row of tenant 9007199254740993'),
  },
  small_numbers: {
    columns: 'tenant_id integer',
    drift: onlyAccess('small_numbers', `tenant_id = ${T}::bigint or tenant_id = 7`),
    said: using('with no tenant set, a row of tenant 7'),
  },
  odd_numbers: {
    columns: 'tenant_id integer',
    drift: onlyAccess('odd_numbers', `tenant_id = any (array[${T}::integer, ' 7'::text::integer])`),
    said: Object.fromEntries(
      (['select', 'update', 'delete'] as const).map((clause) => [
        clause,
        doubtful('is of a table whose policies spell numbers in an unusual way'),
      ]),
    ),
  },
  above: {
    columns: 'tenant_id integer',
    drift: onlyAccess('above', `tenant_id >= ${T}::integer`),
    said: using('with tenant A, a row of tenant B'),
  },
  labels: {
    columns: 'tenant_id text',
    drift: onlyAccess('labels', `${T} = tenant_id`),
    said: {},
  },
  patterns: {
    columns: 'tenant_id text',
    drift: onlyAccess('patterns', `tenant_id like ${T}`),
    said: using('with % as its tenant, a row of tenant A'),
  },
  any_case: {
    columns: 'tenant_id varchar(40)',
    drift: onlyAccess('any_case', `lower(tenant_id) = lower(${T})`),
    said: using('with tenant A, a row of tenant A in capitals'),
  },
  empty: {
    columns: 'tenant_id text',
    drift: onlyAccess('empty', `tenant_id = current_setting('app.tenant_id', true)`),
    said: using("with an empty tenant, a row of tenant ''"),
  },
  nobody: {
    columns: 'tenant_id text',
    drift: onlyAccess('nobody', `coalesce(tenant_id, '') = coalesce(${T}, '')`),
    said: using("with no tenant set, a row of tenant ''"),
  },
  domains: {
    columns: 'tenant_id code',
    drift: onlyAccess('domains', `${T} = tenant_id`),
    said: {},
  },
  'Odd names': {
    columns: '"Tenant Id" uuid, "select" boolean',
    options: { column: 'Tenant Id' },
    drift: `alter policy tenant_access on "Odd names" using ("Tenant Id" = ${S} or "select");
      alter policy tenant_isolation on "Odd names" using (true)`,
    said: using('with no tenant set, a row of tenant A where select = true'),
  },
  never_empty: {
    columns: 'tenant_id uuid not null',
    drift: `alter policy tenant_access on never_empty using (tenant_id is null or ${X});
      alter policy tenant_isolation on never_empty using (true)`,
    said: {},
  },
  templates: {
    options: { shared: true },
    drift: `alter policy tenant_shared on templates using (tenant_id is null and ${S} is not null);
      alter policy tenant_isolation on templates using (${S} = tenant_id or tenant_id is null)`,
    said: {},
  },
  shared_with_all: {
    options: { shared: true },
    drift: `alter policy tenant_shared on shared_with_all using (tenant_id is null)`,
    said: { select: more('with no tenant set, a row of no tenant') },
  },
  written_by_all: {
    options: { shared: true },
    drift: `alter policy tenant_isolation_update on written_by_all using (true) with check (true);
      create policy of_all on written_by_all for update using (tenant_id is null)`,
    said: {
      update: 'more: with no tenant set, a row of no tenant is within reach of update',
      'updated row': 'more: with no tenant set, a row of no tenant is accepted from update',
    },
  },
  floor_holds: {
    drift: `alter policy tenant_access on floor_holds using (is_member()) with check (true)`,
    said: { select: 'no more', update: 'no more', delete: 'no more' },
  },
  only_select: {
    drift: `drop policy tenant_isolation on only_select;
      create policy tenant_isolation on only_select as restrictive for select using (${X});
      alter policy tenant_access on only_select using (true) with check (true)`,
    said: {
      insert: 'more: with no tenant set, a row of tenant A is accepted by insert',
      update: 'more: with no tenant set, a row of tenant A is within reach of update',
      'updated row': 'more: with no tenant set, a row of tenant A is accepted from update',
      delete: 'more: with no tenant set, a row of tenant A is within reach of delete',
    },
  },
  one_each: {
    drift: `drop policy tenant_isolation on one_each; drop policy tenant_access on one_each;
      create policy r on one_each for select using (${X});
      create policy a on one_each for insert with check (${X});
      create policy w on one_each for update using (${X}) with check (${X});
      create policy d on one_each for delete using (${X} or is_public)`,
    said: {
      delete:
        'more: with no tenant set, a row of tenant A where is_public = true is within reach of delete',
    },
  },
  check_true: {
    drift: `alter policy tenant_access on check_true with check (true);
      alter policy tenant_isolation on check_true with check (true)`,
    said: {
      insert: 'more: with no tenant set, a row of tenant A is accepted by insert',
      'updated row': 'more: with no tenant set, a row of tenant A is accepted from update',
    },
  },
  other_role: {
    drift: 'alter policy tenant_access on other_role to some_role',
    said: {
      select: NOTHING(),
      insert: 'nothing: with tenant A, a row of tenant A is refused by insert',
      update: 'nothing: with tenant A, a row of tenant A is out of reach of update',
      'updated row': 'nothing: with tenant A, a row of tenant A is refused from update',
      delete: 'nothing: with tenant A, a row of tenant A is out of reach of delete',
    },
  },
  of_a_group: {
    drift: 'alter policy tenant_access on of_a_group to app_user_group',
    said: {},
  },
  unbound: {
    drift: `alter policy tenant_isolation on unbound to some_role;
      create policy everything on unbound for delete to public using (true)`,
    said: { delete: 'more: with no tenant set, a row of tenant A is within reach of delete' },
  },
  boundary: {
    options: { access: 'boundary' },
    drift: `create policy own on boundary using (true);
      alter policy tenant_isolation on boundary using (${S} = tenant_id) with check (true)`,
    said: {
      insert: 'more: with no tenant set, a row of tenant A is accepted by insert',
      'updated row': 'more: with no tenant set, a row of tenant A is accepted from update',
    },
  },
  untouched: { drift: 'create policy own on untouched using (true)', said: {} },
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
