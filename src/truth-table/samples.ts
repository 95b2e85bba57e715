import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { wordsOf } from './condition-text.ts'
import { type Rows, sampleRows } from './sample-rows.ts'
import { sampleTenants, untriedWords } from './sample-tenants.ts'
import { type SettingStates, settingStatesOf } from './setting-states.ts'

/** The rows and settings for which the conditions of a table are evaluated. */
export interface Samples {
  readonly rows: Rows
  readonly settings: SettingStates
  /** The cases that they leave out, as predicates of sentences about a policy. */
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
    settings: settingStatesOf(table.setting, others, tenants),
    limits: [
      ...untriedWords(table.type, words),
      ...(others.length > 1
        ? ['is of a table whose policies read more settings than are varied together']
        : []),
    ],
  }
}
