import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config } from '../config/config.ts'
import { qualifiedName } from '../sql/quote.ts'
import { formatTableName } from '../sql/table-name.ts'
import { namedRelation } from './listed-tables.ts'

/**
 * A sentence for each entry of the config that is a table of an earlier entry under another name, with
 * and without its schema: of the options of two entries only one can hold.
 */
export function listedTwice(config: Config, snapshot: Snapshot): string[] {
  const listed = new Map<RelationState, string>()
  const places = (['tables', 'global'] as const).flatMap((key) =>
    config[key].map((entry) => ({ entry, place: `as ${formatTableName(entry)} in \`${key}\`` })),
  )
  return places.flatMap(({ entry, place }) => {
    // A missing table is reported where it is looked for.
    const relation = namedRelation(entry, { config, snapshot, problems: [] })
    if (!relation) return []
    const before = listed.get(relation)
    listed.set(relation, before ?? place)
    if (before === undefined) return []
    return [`${qualifiedName(relation)} is listed twice, ${before} and ${place}; keep one.`]
  })
}
