import type { TableName } from '../sql/table-name.ts'
import type { Queryable } from './read-only.ts'

/** A table whose rows Citus keeps in shards, or on every node. */
export interface DistributedTable extends TableName {
  readonly isReference: boolean
}

const IS_THERE = `
  select pg_catalog.to_regclass('pg_catalog.pg_dist_partition') is not null as "isThere"
`

// https://docs.citusdata.com/en/stable/develop/api_metadata.html
const READ_DISTRIBUTED = `
  select n.nspname as "schema", c.relname as "name", p.partmethod = 'n' as "isReference"
  from pg_catalog.pg_dist_partition p
  join pg_catalog.pg_class c     on c.oid = p.logicalrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where p.partmethod <> 'n' or p.repmodel = 't'
  order by 1, 2
`

/** Reads the tables that Citus distributes: none without it. */
export async function readDistributed(db: Queryable): Promise<DistributedTable[]> {
  const { rows } = await db.query<{ isThere: boolean }>(IS_THERE)
  if (!rows[0]?.isThere) return []
  return (await db.query<DistributedTable>(READ_DISTRIBUTED)).rows
}
