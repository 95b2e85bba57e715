import type { Queryable } from '../catalog/read-only.ts'
import type { TableName } from '../sql/table-name.ts'

/** The parts of the conditions of a policy that limit what evaluating them can prove. */
export interface ConditionParts {
  readonly policy: string
  /** The reasons not to run it: it could do anything, or depends on more than the row and a setting. */
  readonly opaque: readonly string[]
  /** The reasons why examples cannot prove it safe: it does more than tell equal from unequal. */
  readonly open: readonly string[]
}

/**
 * Takes the trees of the conditions apart: `pg_depend` does not list built-in functions, some of which run
 * SQL (`query_to_xml`) or read files. Every part that is not known to be harmless is opaque.
 */
export async function readConditionParts(
  db: Queryable,
  { schema, name }: TableName,
): Promise<ConditionParts[]> {
  const { rows } = await db.query<ConditionParts>(READ_CONDITION_PARTS, [schema, name])
  return rows
}

// The nodes that telling equal from unequal needs, by their names on PostgreSQL 14 and on later versions.
const NODES = [
  'OPEXPR|BOOLEXPR|NULLTEST|BOOLEANTEST|NULLIFEXPR|DISTINCTEXPR|SCALARARRAYOPEXPR',
  'VAR|CONST|PARAM|RELABELTYPE|COERCEVIAIO|ARRAYCOERCEEXPR|FUNCEXPR',
  'SUBLINK|QUERY|FROMEXPR|TARGETENTRY|CASETESTEXPR',
  'COALESCE|COALESCEEXPR|CASE|CASEEXPR|WHEN|CASEWHEN|ARRAY|ARRAYEXPR',
].join('|')

// boolean, bigint, integer, text, varchar, uuid: two values of these are equal or not, and a cast from
// one to another keeps them apart.
const KEPT_APART = '(16, 20, 23, 25, 1043, 2950)'
const LISTS_OF_THEM = '(1000, 1016, 1007, 1009, 1015, 2951)'

// The objects that an installation adds have numbers from here on.
const FIRST_NOT_BUILT_IN = 16384

function numbers(fields: string): string {
  return `select distinct m[1]::oid as oid
    from pg_catalog.regexp_matches(t.tree, ':(?:${fields}) (\\d+)', 'g') m`
}

const IS_KEPT_APART = `coalesce(
  (o.oprname in ('=', '<>') and f.provolatile = 'i')
  or (f.proname = 'current_setting')
  or exists (
    select from pg_catalog.pg_cast k
    where k.castfunc = f.oid and k.castsource <> k.casttarget
      and k.castsource in ${KEPT_APART} and k.casttarget in ${KEPT_APART}
      and 16 not in (k.castsource, k.casttarget)
  ), false)`

const READ_CONDITION_PARTS = `
  with tree as (
    select p.polname,
      coalesce(p.polqual::text, '') || ' ' || coalesce(p.polwithcheck::text, '') as tree
    from pg_catalog.pg_policy p
    join pg_catalog.pg_class c     on c.oid = p.polrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2
  ),
  called as (
    select t.polname,
      f.oid < ${FIRST_NOT_BUILT_IN} and n.nspname = 'pg_catalog' as "isBuiltIn",
      f.provolatile = 'i' or f.proname = 'current_setting' as "isHarmless",
      ${IS_KEPT_APART} as "isKeptApart",
      coalesce(o.oprname::text, pg_catalog.format('%I.%I', n.nspname, f.proname)) as call
    from tree t
    cross join lateral (
      select oid, null::oid as operator from (${numbers('funcid|aggfnoid|winfnoid')}) c
      union all
      select o.oprcode, o.oid
      from (${numbers('opno')}) c
      join pg_catalog.pg_operator o on o.oid = c.oid
    ) c
    join pg_catalog.pg_proc f           on f.oid = c.oid
    join pg_catalog.pg_namespace n      on n.oid = f.pronamespace
    left join pg_catalog.pg_operator o  on o.oid = c.operator
  )
  select t.polname as "policy",
    array(
      select pg_catalog.format('calls %s, which is not run here', c.call)
      from called c
      where c.polname = t.polname
        and not (c."isBuiltIn" and c."isHarmless")
      union
      select case m[1]
        when 'RANGETBLENTRY' then 'looks into a table'
        when 'RTE' then 'looks into a table'
        when 'SQLVALUEFUNCTION' then 'depends on the role or the time'
        else 'uses ' || m[1] end
      from pg_catalog.regexp_matches(t.tree, '\\{([A-Z_]+)', 'g') m
      where m[1] !~ '^(${NODES})$'
        -- Nodes that come with a look into a table.
        and m[1] !~ '^(ALIAS|RANGETBLREF|RTEPERMISSIONINFO)$'
      union
      select 'uses a column that every table has, or the row as a whole'
      where t.tree ~ ':varattno (0|-)'
      union
      select 'uses the type ' || pg_catalog.format_type(y.oid, null)
      from (${numbers('vartype|consttype|resulttype|opresulttype|funcresulttype|paramtype')}) u
      join pg_catalog.pg_type y on y.oid = u.oid
      where y.oid >= ${FIRST_NOT_BUILT_IN} and y.typtype not in ('d', 'e')
      order by 1
    ) as "opaque",
    array(
      select 'compares or computes with ' || c.call
      from called c
      where c.polname = t.polname
        and not c."isKeptApart"
      union
      select 'uses the type ' || pg_catalog.format_type(y.oid, null)
      from (${numbers('consttype|resulttype|opresulttype|funcresulttype|paramtype')}) u
      join pg_catalog.pg_type y on y.oid = u.oid
      where y.oid not in ${KEPT_APART} and y.oid not in ${LISTS_OF_THEM}
      union
      select 'casts to boolean'
      where t.tree ~ ':resulttype 16 '
      union
      select 'holds a list in one text'
      from (${numbers('consttype')}) u
      where u.oid in ${LISTS_OF_THEM}
      union
      select 'compares by a collation'
      where t.tree ~ ':inputcollid (?!0 |100 |950 )\\d'
      order by 1
    ) as "open"
  from tree t
  order by 1
`
