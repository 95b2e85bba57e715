import { findRelation, securedDescendants } from '../catalog/find-relation.ts'
import { type ColumnState, isTable, type RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config, ConfigTable } from '../config/config.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableReference } from '../sql/table-name.ts'
import { suggestion } from '../util/nearest.ts'
import type { TableWithoutColumn } from './tenant-source.ts'

/** A table of the config with its tenant column, be it there or to be added. */
export interface Listed extends TableWithoutColumn {
  readonly column: ColumnState
}

/** The tables of the config as the catalog has them; what does not fit is added to `problems`. */
export function listedTables(
  config: Config,
  snapshot: Snapshot,
  problems: string[],
): { listed: Listed[]; withoutColumn: TableWithoutColumn[] } {
  const listed: Listed[] = []
  const withoutColumn: TableWithoutColumn[] = []
  for (const entry of config.tables) {
    const relation = namedRelation(entry, { config, snapshot, problems })
    if (!relation) continue
    if (!isTable(relation)) {
      problems.push(
        `${qualifiedName(relation)} is a ${relation.kind}; only tables have row security.`,
      )
      continue
    }
    problems.push(...unknownKeys(entry, relation, snapshot))
    const column = relation.columns.find(({ name }) => name === entry.column)
    if (column) listed.push({ entry, relation, column })
    else withoutColumn.push({ entry, relation })
  }
  return { listed, withoutColumn }
}

export function namedRelation(
  { schema, name }: TableReference,
  { config, snapshot, problems }: { config: Config; snapshot: Snapshot; problems: string[] },
): RelationState | undefined {
  const searched = (schema === undefined ? config.schemas : [schema]).map((candidate) => ({
    schema: candidate,
    name,
  }))
  for (const candidate of searched) {
    const relation = findRelation(candidate, snapshot)
    if (relation) return relation
  }
  const asked = searched.map(qualifiedName).join(' or ')
  const elsewhere = snapshot.relations.find((relation) => relation.name === name)
  if (elsewhere) {
    problems.push(`Table ${asked} is missing. There is ${qualifiedName(elsewhere)}.`)
  } else {
    const known = snapshot.relations.filter(isTable).map(qualifiedName)
    const meant = searched.map((table) => suggestion(qualifiedName(table), known)).find(Boolean)
    problems.push(`Table ${asked} is missing${meant ?? '.'}`)
  }
  return undefined
}

function unknownKeys(
  { globalKeys }: ConfigTable,
  relation: RelationState,
  snapshot: Snapshot,
): string[] {
  const known = [relation, ...securedDescendants(relation, snapshot)].flatMap(({ indexes }) =>
    indexes.flatMap(({ name, isUnique }) => (isUnique ? [name] : [])),
  )
  return globalKeys
    .filter((key) => !known.includes(key))
    .map((key) => `${qualifiedName(relation)} has no unique key ${identifier(key)}: globalKeys.`)
}
