import type { Survey } from '../catalog/read-survey.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import type { Answers, Question } from './answers.ts'
import { type CandidateName, candidateNames, holders } from './candidate-names.ts'
import { type Candidates, tableByLabel } from './candidate-tables.ts'
import type { Classification, TenantKey } from './classification.ts'
import { classifyTables } from './classify-tables.ts'
import { commonest } from './references.ts'
import { findTenantsTable } from './tenants-table.ts'

interface Keyed {
  readonly key: TenantKey
  readonly classification: Classification
}

/**
 * Finds the column that names the tenant of a row, and classifies each table by it.
 *
 * @returns undefined when no column looks like a tenant; a question when the column is not the one of
 * most tables, when it has no usual name, and when a table has only another one that could be
 */
export function findTenantKey(
  candidates: Candidates,
  survey: Survey,
  answers: Answers,
): Keyed | undefined | { readonly question: Question } {
  const names = candidateNames(candidates, survey, answers)
  const first = names.find(({ evidence }) => evidence !== 'frequent')
  if (first === undefined) return names.length > 0 ? whichColumn(names, candidates) : undefined
  const found = findTenantsTable(candidates, first.columnName, answers)
  if ('question' in found) return found

  const key = { columnName: first.columnName, tenants: found.tenants }
  const classification = classifyTables(candidates, key, {
    isReference: isReferenceTable(survey),
    isGlobal: namedTables(answers.global, candidates),
    isShared: namedTables(answers.shared, candidates),
  })
  if (first.evidence === 'given') return { key, classification }
  const isMinority = coverage(classification) * 2 < candidates.tables.length
  if (isMinority && names.length > 1) return whichColumn(names, candidates)
  const rivals = names.filter(
    (other) => other !== first && other.evidence === 'usual' && isRival(other, key, classification),
  )
  return rivals.length > 0 ? whichColumn([first, ...rivals], candidates) : { key, classification }
}

/** How many tables the column divides: those that have it, get it, or lead to one that has it. */
function coverage({ owned, adopted, stranded }: Classification): number {
  return owned.length + adopted.length + stranded.length
}

function namedTables(
  names: readonly string[] = [],
  candidates: Candidates,
): (table: RelationState) => boolean {
  const tables = new Set(names.map((name) => tableByLabel(name, candidates)))
  return (table) => tables.has(table)
}

/** It has a table to itself, or is what the tenants themselves belong to. */
function isRival(
  { columnName }: CandidateName,
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

function whichColumn(
  names: readonly CandidateName[],
  candidates: Candidates,
): { readonly question: Question } {
  const options = names.map(({ columnName }) => {
    const tables = holders(columnName, candidates)
    const written = tables.flatMap(({ columns }) =>
      columns.map(({ name }) => name).filter((name) => normalizedName(name) === columnName),
    )
    const [value = columnName] = commonest(written)
    return { value, note: `in ${tables.length} of ${candidates.tables.length} tables` }
  })
  return { question: { about: 'column', text: 'Which column says whose row it is?', options } }
}
