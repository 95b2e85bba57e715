import type { Clause } from '../../src/catalog/truth-table.ts'
import { onlyAccess, S, X } from './policy-texts.ts'
import { doubtful, more, nothing } from './truth-table-words.ts'

/** A table of its own, and the words for each clause where they are not `same`. */
export interface Other {
  readonly columns?: string
  readonly options?: object
  readonly drift: string
  readonly said: Partial<Record<Clause, string>>
}

/** The words for the three clauses that ask whether a row is there. */
function using(cell: string): Other['said'] {
  return {
    select: more(cell),
    update: `more: ${cell} is within reach of update`,
    delete: `more: ${cell} is within reach of delete`,
  }
}

/** The tenant of the statement, as text. */
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
  no_tenant: {
    columns: 'tenant_id text',
    drift: onlyAccess('no_tenant', `coalesce(tenant_id, '') = coalesce(${T}, '')`),
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
      select: nothing(),
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
