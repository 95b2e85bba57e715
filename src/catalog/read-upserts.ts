import { SIGNATURE } from './function-signature.ts'
import type { Queryable } from './read-only.ts'

/** An `insert … on conflict (…)` in the body of a function. */
export interface Upsert {
  /** The signature of the function: `public.track()`. */
  readonly signature: string
  /** As the body writes it, in the case that PostgreSQL gives it; null when it could be any table. */
  readonly table: { readonly schema: string | null; readonly name: string } | null
  /** The columns and expressions of the conflict, in lower case where they are not quoted. */
  readonly keys: readonly string[]
}

const READ_BODIES = `
  select
    ${SIGNATURE}                                                         as "signature",
    f.prosrc || coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), '')  as "body"
  from pg_catalog.pg_proc f
  join pg_catalog.pg_namespace n on n.oid = f.pronamespace
  where f.oid >= 16384
    and f.prosrc || coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), '')
      ~* 'on\\s+conflict\\s*\\('
  order by n.nspname, f.proname, f.oid
`

/** Reads upserts from the text of every function of the user, whatever its language. */
export async function readUpserts(db: Queryable): Promise<Upsert[]> {
  const { rows } = await db.query<{ signature: string; body: string }>(READ_BODIES)
  return rows.flatMap(({ signature, body }) =>
    upsertsIn(body).map((upsert) => ({ signature, ...upsert })),
  )
}

const PART = '"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*'
const TABLE = new RegExp(`^\\s*(${PART})(?:\\s*\\.\\s*(${PART}))?`, 'u')

/** Each `insert into` with the conflicts up to the next one. */
export function upsertsIn(body: string): Omit<Upsert, 'signature'>[] {
  const text = body.replace(/--[^\n]*/g, ' ').replace(/\/\*.*?\*\//gs, ' ')
  return text.split(/\binsert\s+into\b/i).flatMap((statement, index) => {
    const [, first, second] = (index > 0 && TABLE.exec(statement)) || []
    const table = first === undefined ? null : tableName(first, second)
    return [...statement.matchAll(/\bon\s+conflict\s*\(/gi)].map(({ index, 0: found }) => ({
      table,
      keys: keysIn(statement.slice(index + found.length)),
    }))
  })
}

function tableName(first: string, second: string | undefined): Upsert['table'] {
  return second === undefined
    ? { schema: null, name: folded(first) }
    : { schema: folded(first), name: folded(second) }
}

/** The items up to the bracket that closes the list. */
function keysIn(text: string): string[] {
  const items = ['']
  let depth = 0
  for (const [part] of text.matchAll(/"(?:[^"]|"")*"|[^"]/gs)) {
    if (part === '(') depth++
    if (part === ')' && depth-- === 0) break
    if (part === ',' && depth === 0) items.push('')
    else items.push(`${items.pop()}${part}`)
  }
  return items.map((item) => folded(item.trim()))
}

function folded(name: string): string {
  return name.startsWith('"') && name.endsWith('"')
    ? name.slice(1, -1).replaceAll('""', '"')
    : name.toLowerCase()
}
