import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config, ConfigInput } from '../config/config.ts'
import { ensureParsed } from '../config/parse-config.ts'
import { resolveWanted } from '../wanted/resolve-wanted.ts'
import type { Change } from './change.ts'
import { changesBetween } from './compare.ts'

/**
 * Lists the changes from one snapshot to another, with a judgement whether some role can see or write more
 * since then: `audit --against` prints the same. Worst first; no I/O.
 *
 * @param config the config of the later snapshot; both were made with its schemas, roles and setting
 * @throws `CONFIG.INVALID`, `CATALOG.MISMATCH`
 *
 * @example
 * ```ts
 * const before = loadSnapshot('production.json', config)
 * const changes = compareSnapshots(before, await takeSnapshot(client, config), config)
 * assert.deepEqual(changes.filter(({ judgement }) => judgement === 'WIDENS'), [])
 * ```
 */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
  config: ConfigInput | Config,
): Change[] {
  return changesBetween(
    before,
    after,
    resolveWanted(ensureParsed(config), after, { allowMistyped: true }),
  )
}
