import type { Survey } from '../catalog/read-survey.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import type { Answers, Question } from './answers.ts'
import type { Classification, TenantKey } from './classification.ts'
import { classifyTables } from './classify-tables.ts'
import { isTableOf, meaningOf, USUAL_MEANINGS } from './column-meaning.ts'
import { type Landscape, tableByLabel } from './landscape.ts'
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
  landscape: Landscape,
  survey: Survey,
  answers: Answers,
): Keyed | undefined | { readonly question: Question } {
  const meanings = candidates(landscape, survey, answers)
  const [meaning, ...others] = meanings
  if (meaning === undefined) return undefined
  const found = findTenantsTable(landscape, meaning, answers)
  if ('question' in found) return found

  const key = { meaning, tenants: found.tenants }
  const classification = classifyTables(landscape, key, isReferenceTable(survey))
  const isOpen = answers.column === undefined && answers.tenantsTable === undefined
  const rivals = isOpen ? others.filter((other) => isRival(other, key, classification)) : []
  if (rivals.length === 0) return { key, classification }
  return { question: whichColumn([meaning, ...rivals], landscape) }
}

/** The most frequent meaning first; what Citus distributes by is known. */
function candidates(landscape: Landscape, { citus }: Survey, answers: Answers): string[] {
  if (answers.column !== undefined) return [meaningOf(answers.column)]
  if (answers.tenantsTable !== undefined) {
    const table = tableByLabel(answers.tenantsTable, landscape)
    const names = table ? referring(landscape, (target) => isSameTable(target, table)) : []
    if (names.length > 0) return commonest(names.map(meaningOf))
  }
  const distributed = commonest(
    (citus?.tables ?? []).flatMap((table) => table.distributionColumn ?? []).map(meaningOf),
  )
  if (distributed.length === 1) return distributed
  const usual = commonest(
    USUAL_MEANINGS.flatMap((meaning) => holders(meaning, landscape).map(() => meaning)),
  )
  if (usual.length > 0) return usual
  const isTenants = ({ name }: RelationState) => USUAL_MEANINGS.some((m) => isTableOf(m, name))
  return commonest(referring(landscape, isTenants).map(meaningOf))
}

function holders(meaning: string, { tables }: Landscape): RelationState[] {
  return tables.filter(({ columns }) =>
    columns.some((column) => meaningOf(column.name) === meaning && tenantTypeOf(column)),
  )
}

/** The columns that refer to such a table. */
function referring(
  { tables, byName }: Landscape,
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
function isRival(meaning: string, { tenants }: TenantKey, { undecided }: Classification): boolean {
  const open = [
    ...undecided.map(({ relation }) => relation),
    ...(tenants ? [tenants.relation] : []),
  ]
  return open.some(({ columns }) =>
    columns.some(({ name }) => meaningOf(name) === meaning && name !== tenants?.column),
  )
}

function isReferenceTable({ citus }: Survey): (table: RelationState) => boolean {
  const names = (citus?.tables ?? [])
    .filter(({ distributionColumn }) => distributionColumn === null)
    .map(qualifiedName)
  return (table) => names.includes(qualifiedName(table))
}

function whichColumn(meanings: readonly string[], landscape: Landscape): Question {
  return {
    about: 'column',
    text: 'Which column says whose row it is?',
    options: meanings.map((meaning) => {
      const tables = holders(meaning, landscape)
      const names = tables.flatMap(({ columns }) =>
        columns.map(({ name }) => name).filter((name) => meaningOf(name) === meaning),
      )
      const [value = meaning] = commonest(names)
      return { value, note: `in ${tables.length} of ${landscape.tables.length} tables` }
    }),
  }
}
