import { CompiledQuery } from 'kysely'

const ROLE = /\b(?:role|authorization)\b/i

/**
 * What takes the residue of statements off a session that belongs to another dialect. Not DISCARD ALL:
 * the dialect may have chosen a role and settings for its connections, and may count on the statements
 * it has prepared.
 * https://www.postgresql.org/docs/current/sql-discard.html
 *
 * @returns undefined where nobody knows what to go back to
 */
export function cleaning(
  residue: readonly string[],
  settings: readonly string[],
): CompiledQuery[] | undefined {
  if (residue.some((text) => ROLE.test(text))) return undefined
  const resets = settings.map((_, i) => `pg_catalog.set_config($${i + 1},'',false)`)
  return [
    ...['close all', 'unlisten *', 'discard temp'].map((text) => CompiledQuery.raw(text)),
    CompiledQuery.raw(`select ${resets.join(',')}`, [...settings]),
  ]
}
