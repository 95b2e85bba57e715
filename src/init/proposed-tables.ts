import type { RelationState } from '../catalog/relation-state.ts'
import { isSameTable } from '../sql/table-name.ts'
import type { Answers } from './answers.ts'
import { type Candidates, labelOf, tableByLabel } from './candidate-tables.ts'
import type { AdoptedTable, Classification, OwnedTable, TenantKey } from './classification.ts'
import type { ProposedParent, ProposedTable } from './proposal.ts'

interface Context {
  readonly candidates: Candidates
  readonly key: TenantKey
  readonly answers: Answers
}

/** The tenants table first, then by schema and name; tables without the column after their parents. */
export function proposedTables(
  { owned, adopted, fillable, column }: Classification,
  { candidates, key, answers }: Context,
): ProposedTable[] {
  const label = (table: RelationState) => labelOf(table, candidates)
  const parentOf = ({ parent, alternatives }: AdoptedTable): ProposedParent => ({
    parent: label(parent),
    alternatives: alternatives.map(label),
  })
  const shared = (answers.shared ?? []).map((name) => tableByLabel(name, candidates))
  const withColumn = (table: OwnedTable): ProposedTable => {
    const filled = fillable.find(({ relation }) => relation === table.relation)
    return {
      name: label(table.relation),
      column: table.column.name,
      nullable: !table.column.notNull,
      shared: shared.includes(table.relation),
      adoption: undefined,
      ...(filled && { backfill: parentOf(filled) }),
    }
  }
  const isTenants = ({ relation }: OwnedTable) =>
    key.tenants !== undefined && isSameTable(relation, key.tenants.relation)
  const rank = ({ relation }: OwnedTable) => candidates.schemas.indexOf(relation.schema)
  const others = owned.filter((table) => !isTenants(table)).toSorted((a, b) => rank(a) - rank(b))
  return [
    ...[...owned.filter(isTenants), ...others].map(withColumn),
    ...adopted.map((table) => ({
      name: label(table.relation),
      column,
      nullable: false,
      shared: false,
      adoption: parentOf(table),
    })),
  ]
}
