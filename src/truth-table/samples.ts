import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { wordsOf } from './condition-text.ts'
import { type Rows, sampleRows } from './sample-rows.ts'
import { sampleTenants, untriedWords } from './sample-tenants.ts'
import { type Givens, givensOf } from './setting-states.ts'

/** What the conditions of a table are asked about. */
export interface Samples {
  readonly rows: Rows
  readonly givens: Givens
  /** What they leave out, as one says it of a policy. */
  readonly limits: readonly string[]
}

export function samplesFor({ table, relation }: TenantTableState): Samples {
  const { policies } = relation
  const words = wordsOf(
    policies.flatMap(({ using, check }) => [using, check].flatMap((t) => t ?? [])),
  )
  const tenants = sampleTenants(table.type, words)
  const others = words.settings.filter((name) => name !== table.setting.toLowerCase())
  const mentioned = new Set(policies.flatMap((p) => [...p.usingColumns, ...p.checkColumns]))
  const columns = relation.columns.filter(
    ({ name }) => name === table.column || mentioned.has(name),
  )

  return {
    rows: sampleRows(table, columns, { tenants: tenants.owners, words }),
    givens: givensOf(table.setting, others, tenants),
    limits: [
      ...untriedWords(table.type, words),
      ...(others.length > 1
        ? ['is of a table whose policies read more settings than are varied together']
        : []),
    ],
  }
}
