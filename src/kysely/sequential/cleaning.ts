import { CompiledQuery } from 'kysely'
import type { Baseline } from '../../runtime/residue/baseline.ts'
import { cleaningTexts } from '../../runtime/residue/clean-up.ts'

/**
 * The commands that take the residue of statements, and the tenant, off a session that belongs to
 * another dialect.
 *
 * @param settings that carry a tenant and what goes with it
 * @param commands beside those of the usual clean-up
 */
export function cleaning(
  baseline: Baseline | undefined,
  settings: readonly string[],
  commands: readonly string[],
): CompiledQuery[] {
  const resets = settings.map((_, i) => `pg_catalog.set_config($${i + 1},'',false)`)
  return [
    ...[...cleaningTexts(baseline), ...commands].map((text) => CompiledQuery.raw(text)),
    CompiledQuery.raw(`select ${resets.join(',')}`, [...settings]),
  ]
}
