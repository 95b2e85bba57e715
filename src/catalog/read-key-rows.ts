import type { TableName } from '../sql/table-name.ts'
import { guarded } from './guarded.ts'
import type { Queryable } from './read-only.ts'
import type { KeyRows } from './snapshot.ts'

interface Key extends Omit<KeyRows, 'broken' | 'doubt'> {
  readonly isTemporal: boolean
}

// The key of a table does not hold for its inheritance children; that of a partitioned table holds for
// its partitions.
const from = (relation: string, schema: string, alias: string) =>
  `pg_catalog.format('from %s%I.%I ${alias}',
    case ${relation}.relkind when 'p' then '' else 'only ' end, ${schema}.nspname, ${relation}.relname)`

// Keys that are NOT VALID or not enforced are left out: the catalog shows that their rows may break them.
// The key knows its operator: types may have an equality of their own. MATCH SIMPLE lets a row with a
// NULL pass, MATCH FULL only a row whose columns are all NULL.
const READ_KEYS = `
  select
    n.nspname as "schema",
    c.relname as "name",
    k.conname as "key",
    pg_catalog.json_build_object('schema', pn.nspname, 'name', p.relname) as "references",
    -- A column of PostgreSQL 18.
    coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::boolean, false) as "isTemporal",
    ${from('c', 'n', 'c')} || pg_catalog.format(
      case k.confmatchtype
        when 'f' then ' where not (%1$s) and not (%2$s and exists (select %3$s where %4$s))'
        else ' where %2$s and not exists (select %3$s where %4$s)' end,
      pair.nothing, pair.complete, ${from('p', 'pn', 'p')}, pair.equal
    ) as "query"
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))
    as listed (schema, name)
  join pg_catalog.pg_namespace n  on n.nspname = listed.schema
  join pg_catalog.pg_class c      on c.relnamespace = n.oid and c.relname = listed.name
  join pg_catalog.pg_constraint k on k.conrelid = c.oid
  join pg_catalog.pg_class p      on p.oid = k.confrelid
  join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
  cross join lateral (
    select
      pg_catalog.string_agg(pg_catalog.format('c.%I is null', a.attname), ' and ' order by i) as nothing,
      pg_catalog.string_agg(pg_catalog.format('c.%I is not null', a.attname), ' and ' order by i)
        as complete,
      pg_catalog.string_agg(pg_catalog.format('p.%I operator(%I.%s) c.%I',
        r.attname, op_schema.nspname, op.oprname, a.attname), ' and ' order by i) as equal
    from pg_catalog.generate_subscripts(k.conkey, 1) i
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[i]
    join pg_catalog.pg_attribute r on r.attrelid = k.confrelid and r.attnum = k.confkey[i]
    join pg_catalog.pg_operator op on op.oid = k.conpfeqop[i]
    join pg_catalog.pg_namespace op_schema on op_schema.oid = op.oprnamespace
  ) pair
  where k.contype = 'f' and k.conparentid = 0 and k.convalidated
    and coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::boolean, true)
  order by n.nspname, c.relname, k.conname
`

const FILTERED = '42501'

/**
 * Counts for each valid foreign key of `tables` the rows without a parent. Reads rows, in the read-only
 * transaction of the caller: with `row_security = off` PostgreSQL refuses where it would otherwise hide
 * some, and the query waits for a lock as long as a migration does.
 */
export async function readKeyRows(db: Queryable, tables: readonly TableName[]): Promise<KeyRows[]> {
  const { rows: keys } = await db.query<Key>(READ_KEYS, [
    tables.map(({ schema }) => schema),
    tables.map(({ name }) => name),
  ])
  await db.query('savepoint kysely_tenants_rows')
  await db.query('set local row_security = off')
  await db.query(`set local lock_timeout = '2s'`)
  const read: KeyRows[] = []
  for (const { isTemporal, ...key } of keys) {
    const doubt = 'it has a PERIOD, for which no rows are counted'
    read.push({ ...key, ...(isTemporal ? { broken: null, doubt } : await count(db, key.query)) })
  }
  // Restores the settings and releases the locks on the tables.
  await db.query('rollback to savepoint kysely_tenants_rows')
  await db.query('release savepoint kysely_tenants_rows')
  return read
}

async function count(db: Queryable, query: string): Promise<Pick<KeyRows, 'broken' | 'doubt'>> {
  const counted = await guarded(db, () =>
    db.query<{ broken: string }>(`select pg_catalog.count(*) as "broken" ${query}`),
  )
  if ('code' in counted) return { broken: null, doubt: doubtOf(counted) }
  return { broken: Number(counted.rows[0]?.broken), doubt: null }
}

function doubtOf({ code, message }: { code: string; message: string }): string {
  if (code === FILTERED)
    return 'the login may not see all rows of it: a superuser may, or BYPASSRLS'
  return `its rows could not be counted: ${message}`
}
