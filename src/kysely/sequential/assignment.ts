import { CompiledQuery } from 'kysely'
import type { Scope } from '../../runtime/scope.ts'

/**
 * Gives a transaction its tenant; the row tells which one was there before, in `found`.
 *
 * @param columns SQL of more columns, which see the session as it was
 */
export function assignment(
  { tenant, settings }: Scope,
  setting: string,
  columns: string,
): CompiledQuery {
  const pairs = [[setting, tenant] as const, ...settings]
  const sets = pairs.map((_, i) => `pg_catalog.set_config($${2 * i + 1},$${2 * i + 2},true)`)
  return CompiledQuery.raw(
    `select pg_catalog.current_setting($1,true) as found,${columns},${sets.join(',')}`,
    pairs.flat(),
  )
}
