import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import type { Answers, Question } from './answers.ts'
import { type Candidates, labelOf, tableByLabel } from './candidate-tables.ts'
import { isTableOf } from './column-names.ts'
import { commonest, references } from './references.ts'

export interface TenantsTable {
  readonly relation: RelationState
  /** Its key, which is the tenant. */
  readonly column: string
}

type Found = { readonly tenants: TenantsTable | undefined } | { readonly question: Question }

/**
 * The table that the columns of this name refer to, else the one that is called like them. It may
 * be in another database.
 */
export function findTenantsTable(
  candidates: Candidates,
  columnName: string,
  { tenantsTable }: Answers,
): Found {
  if (tenantsTable !== undefined) {
    return { tenants: withKey(tableByLabel(tenantsTable, candidates), candidates, columnName) }
  }
  const { tables, byName } = candidates
  const targets = tables.flatMap((table) =>
    references(table)
      .filter(({ column }) => normalizedName(column) === columnName)
      .flatMap(({ table: target }) => byName.get(qualifiedName(target)) ?? []),
  )
  const labels = commonest(targets.map((table) => labelOf(table, candidates)))
  if (labels.length > 1) return { question: whichTable(labels, targets, candidates) }
  const [target = tables.find(({ name }) => isTableOf(columnName, name))] = targets
  return { tenants: withKey(target, candidates, columnName) }
}

function withKey(
  relation: RelationState | undefined,
  candidates: Candidates,
  columnName: string,
): TenantsTable | undefined {
  if (!relation) return undefined
  const own = relation.columns.find(({ name }) => normalizedName(name) === columnName)?.name
  const column = referredKey(relation, candidates, columnName) ?? own ?? primaryKey(relation)
  return column === undefined ? undefined : { relation, column }
}

/** The key that columns of other tables refer to: columns of the right name, else any. */
function referredKey(
  relation: RelationState,
  { tables }: Candidates,
  columnName: string,
): string | undefined {
  const all = tables
    .filter((table) => !isSameTable(table, relation))
    .flatMap((table) => references(table).filter((r) => isSameTable(r.table, relation)))
  const named = all.filter(({ column }) => normalizedName(column) === columnName)
  return commonest((named.length > 0 ? named : all).map(({ key }) => key))[0]
}

function primaryKey({ indexes }: RelationState): string | undefined {
  const [column, ...more] = indexes.find(({ isPrimary }) => isPrimary)?.columns ?? []
  return more.length > 0 ? undefined : (column ?? undefined)
}

function whichTable(
  labels: readonly string[],
  targets: readonly RelationState[],
  candidates: Candidates,
): Question {
  const votes = targets.map((table) => labelOf(table, candidates))
  return {
    about: 'tenantsTable',
    text: 'Which table has a row for each tenant?',
    options: labels.map((value) => ({
      value,
      note: `${votes.filter((vote) => vote === value).length} of ${votes.length} foreign keys lead to it`,
    })),
  }
}
