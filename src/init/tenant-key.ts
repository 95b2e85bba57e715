import type { Survey } from '../catalog/read-survey.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import type { Answers, Question } from './answers.ts'
import { type Candidates, tableByLabel } from './candidate-tables.ts'
import type { Classification, TenantKey } from './classification.ts'
import { classifyTables } from './classify-tables.ts'
import { isTableOf, USUAL_NAMES } from './column-names.ts'
import { commonest, references } from './references.ts'
import { findTenantsTable } from './tenants-table.ts'

interface Keyed {
  readonly key: TenantKey
  readonly classification: Classification
}

/**
 * Finds what tells whose a row is, and what that makes of each table.
 *
 * @returns undefined when no column looks like a tenant; a question when two of them could be, because
 * a table has only the second, and no foreign key says that both are the same
 */
export function findTenantKey(
  candidates: Candidates,
  survey: Survey,
  answers: Answers,
): Keyed | undefined | { readonly question: Question } {
  const columnNames = candidateNames(candidates, survey, answers)
  const [columnName, ...others] = columnNames
  if (columnName === undefined) return undefined
  const found = findTenantsTable(candidates, columnName, answers)
  if ('question' in found) return found

  const key = { columnName, tenants: found.tenants }
  const classification = classifyTables(candidates, key, isReferenceTable(survey))
  const isOpen = answers.column === undefined && answers.tenantsTable === undefined
  const rivals = isOpen ? others.filter((other) => isRival(other, key, classification)) : []
  if (rivals.length === 0) return { key, classification }
  return { question: whichColumn([columnName, ...rivals], candidates) }
}

/** The most frequent name first; what Citus distributes by is known. */
function candidateNames(candidates: Candidates, { citus }: Survey, answers: Answers): string[] {
  if (answers.column !== undefined) return [normalizedName(answers.column)]
  if (answers.tenantsTable !== undefined) {
    const table = tableByLabel(answers.tenantsTable, candidates)
    const names = table ? referring(candidates, (target) => isSameTable(target, table)) : []
    if (names.length > 0) return commonest(names.map(normalizedName))
  }
  const distributed = commonest(
    (citus?.tables ?? []).flatMap((table) => table.distributionColumn ?? []).map(normalizedName),
  )
  if (distributed.length === 1) return distributed
  const usual = commonest(
    USUAL_NAMES.flatMap((columnName) => holders(columnName, candidates).map(() => columnName)),
  )
  if (usual.length > 0) return usual
  const isTenants = ({ name }: RelationState) => USUAL_NAMES.some((m) => isTableOf(m, name))
  return commonest(referring(candidates, isTenants).map(normalizedName))
}

function holders(columnName: string, { tables }: Candidates): RelationState[] {
  return tables.filter(({ columns }) =>
    columns.some((column) => normalizedName(column.name) === columnName && tenantTypeOf(column)),
  )
}

/** The columns that refer to such a table. */
function referring(
  { tables, byName }: Candidates,
  isTarget: (table: RelationState) => boolean,
): string[] {
  return tables.flatMap((table) =>
    references(table)
      .filter((reference) => {
        const target = byName.get(qualifiedName(reference.table))
        return target && isTarget(target) && !isSameTable(target, table)
      })
      .map(({ column }) => column),
  )
}

/** It has a table to itself, or is what the tenants themselves belong to. */
function isRival(
  columnName: string,
  { tenants }: TenantKey,
  { undecided }: Classification,
): boolean {
  const open = [
    ...undecided.map(({ relation }) => relation),
    ...(tenants ? [tenants.relation] : []),
  ]
  return open.some(({ columns }) =>
    columns.some(({ name }) => normalizedName(name) === columnName && name !== tenants?.column),
  )
}

function isReferenceTable({ citus }: Survey): (table: RelationState) => boolean {
  const names = (citus?.tables ?? [])
    .filter(({ distributionColumn }) => distributionColumn === null)
    .map(qualifiedName)
  return (table) => names.includes(qualifiedName(table))
}

function whichColumn(columnNames: readonly string[], candidates: Candidates): Question {
  return {
    about: 'column',
    text: 'Which column says whose row it is?',
    options: columnNames.map((columnName) => {
      const tables = holders(columnName, candidates)
      const names = tables.flatMap(({ columns }) =>
        columns.map(({ name }) => name).filter((name) => normalizedName(name) === columnName),
      )
      const [value = columnName] = commonest(names)
      return { value, note: `in ${tables.length} of ${candidates.tables.length} tables` }
    }),
  }
}
