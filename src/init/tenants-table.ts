import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import type { Answers, Question } from './answers.ts'
import { isTableOf, meaningOf } from './column-meaning.ts'
import { type Landscape, labelOf, tableByLabel } from './landscape.ts'
import { commonest, references } from './references.ts'

export interface TenantsTable {
  readonly relation: RelationState
  /** Its key, which is the tenant. */
  readonly column: string
}

type Found = { readonly tenants: TenantsTable | undefined } | { readonly question: Question }

/**
 * The table that the columns of this meaning refer to, else the one that is called like them. It may
 * be in another database.
 */
export function findTenantsTable(
  landscape: Landscape,
  meaning: string,
  { tenantsTable }: Answers,
): Found {
  if (tenantsTable !== undefined) {
    return { tenants: withKey(tableByLabel(tenantsTable, landscape), landscape, meaning) }
  }
  const { tables, byName } = landscape
  const targets = tables.flatMap((table) =>
    references(table)
      .filter(({ column }) => meaningOf(column) === meaning)
      .flatMap(({ table: target }) => byName.get(qualifiedName(target)) ?? []),
  )
  const labels = commonest(targets.map((table) => labelOf(table, landscape)))
  if (labels.length > 1) return { question: whichTable(labels, targets, landscape) }
  const [target = tables.find(({ name }) => isTableOf(meaning, name))] = targets
  return { tenants: withKey(target, landscape, meaning) }
}

function withKey(
  relation: RelationState | undefined,
  landscape: Landscape,
  meaning: string,
): TenantsTable | undefined {
  if (!relation) return undefined
  const own = relation.columns.find(({ name }) => meaningOf(name) === meaning)?.name
  const column = referredKey(relation, landscape, meaning) ?? own ?? primaryKey(relation)
  return column === undefined ? undefined : { relation, column }
}

/** What the columns of other tables refer to: those of the right name, else any. */
function referredKey(
  relation: RelationState,
  { tables }: Landscape,
  meaning: string,
): string | undefined {
  const all = tables
    .filter((table) => !isSameTable(table, relation))
    .flatMap((table) => references(table).filter((r) => isSameTable(r.table, relation)))
  const named = all.filter(({ column }) => meaningOf(column) === meaning)
  return commonest((named.length > 0 ? named : all).map(({ key }) => key))[0]
}

function primaryKey({ indexes }: RelationState): string | undefined {
  const [column, ...more] = indexes.find(({ isPrimary }) => isPrimary)?.columns ?? []
  return more.length > 0 ? undefined : (column ?? undefined)
}

function whichTable(
  labels: readonly string[],
  targets: readonly RelationState[],
  landscape: Landscape,
): Question {
  const votes = targets.map((table) => labelOf(table, landscape))
  return {
    about: 'tenantsTable',
    text: 'Which table has a row for each tenant?',
    options: labels.map((value) => ({
      value,
      note: `${votes.filter((vote) => vote === value).length} of ${votes.length} foreign keys lead to it`,
    })),
  }
}
