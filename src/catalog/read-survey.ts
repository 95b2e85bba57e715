import type { TableName } from '../sql/table-name.ts'
import type { Queryable } from './read-only.ts'
import { readSnapshot } from './read-snapshot.ts'
import type { Snapshot } from './snapshot.ts'

/** A database for which there is no config yet. */
export interface Survey {
  /** Every schema that holds tables of the user, with the memberships of every login. */
  readonly snapshot: Snapshot
  /** Undefined without the extension. */
  readonly citus: { readonly tables: readonly CitusTable[] } | undefined
}

export interface CitusTable extends TableName {
  /** null for a reference table, which every node has in full. */
  readonly distributionColumn: string | null
}

const READ_SCHEMAS = `
  select distinct n.nspname as "name"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend e
      where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        and e.objid = c.oid and e.deptype = 'e'
    )
  order by 1
`

const READ_LOGINS = `
  select rolname as "name" from pg_catalog.pg_roles where rolcanlogin and not rolsuper
`

const READ_CITUS = `
  select from pg_catalog.pg_extension where extname = 'citus'
`

// https://docs.citusdata.com/en/stable/develop/api_metadata.html
const READ_CITUS_TABLES = `
  select
    n.nspname as "schema",
    c.relname as "name",
    case when p.partmethod <> 'n'
      then pg_catalog.column_to_column_name(p.logicalrelid, p.partkey::text)
    end       as "distributionColumn"
  from pg_catalog.pg_dist_partition p
  join pg_catalog.pg_class c     on c.oid = p.logicalrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where p.partmethod = 'h' or p.repmodel = 't'
  order by 1, 2
`

/**
 * Reads a database for the proposal of `init`, with a fixed number of queries. Run it in {@link inReadOnlyTransaction}.
 *
 * @param schemas the schemas to read; all that hold tables by default, without those of extensions
 * @throws `CATALOG.CHANGED`
 */
export async function readSurvey(db: Queryable, schemas?: readonly string[]): Promise<Survey> {
  const logins = await db.query<{ name: string }>(READ_LOGINS)
  const searched = schemas ?? (await db.query<{ name: string }>(READ_SCHEMAS)).rows.map(nameOf)
  const snapshot = await readSnapshot(db, {
    schemas: searched,
    tables: [],
    global: [],
    appRoles: [],
    // Of admin roles only the memberships are read.
    adminRoles: logins.rows.map(nameOf),
  })
  const { rows } = await db.query(READ_CITUS)
  if (rows.length === 0) return { snapshot, citus: undefined }
  return { snapshot, citus: { tables: (await db.query<CitusTable>(READ_CITUS_TABLES)).rows } }
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}
