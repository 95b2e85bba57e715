import type { Survey } from '../catalog/read-survey.ts'
import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import type { Answers } from './answers.ts'
import { type Candidates, tableByLabel } from './candidate-tables.ts'
import { isPersonName, isTableOf, TENANT_NOUNS, USUAL_NAMES } from './column-names.ts'
import { isOwnId, looksLikeId } from './id-columns.ts'
import { commonest, references } from './references.ts'

/** A name that tenant columns may have here. */
export interface CandidateName {
  /** As `normalizedName` writes it. */
  readonly columnName: string
  /** `given` by the user or by Citus; `usual` by its name or its tenants table; else only `frequent`. */
  readonly evidence: 'given' | 'usual' | 'frequent'
}

/** Without any usual name, one that so many tables have is a candidate. */
const SEVERAL = 2

const MOST = 6

/**
 * The name of most tables first, a usual one that leads to a table of tenants before those that are only
 * frequent; those of people last, who belong to a tenant rather than be one.
 */
export function candidateNames(
  candidates: Candidates,
  { citus }: Survey,
  answers: Answers,
): CandidateName[] {
  if (answers.column !== undefined) return all([normalizedName(answers.column)], 'given')
  if (answers.tenantsTable !== undefined) {
    const table = tableByLabel(answers.tenantsTable, candidates)
    const names = table ? referring(candidates, (target) => isSameTable(target, table)) : []
    if (names.length > 0) return all(commonest(names.map(normalizedName)), 'given')
  }
  const distributed = commonest(
    (citus?.tables ?? []).flatMap((table) => table.distributionColumn ?? []).map(normalizedName),
  )
  if (distributed.length === 1) return all(distributed, 'given')
  const usual = usualNames(candidates)
  const coverage = (name: string) => holders(name, candidates).length
  const more = usual.length > 0 ? Math.max(...usual.map(coverage)) + 1 : SEVERAL
  const frequent = otherNames(candidates).filter(
    (name) =>
      !usual.includes(name) &&
      coverage(name) >= Math.min(more, candidates.tables.length / 2) &&
      !isInside(name, usual, candidates),
  )
  const isKnown = usual.some((name) => leadsToTenants(name, candidates))
  const rank = ({ columnName, evidence }: CandidateName) =>
    isPersonName(columnName) ? 2 : Number(isKnown && evidence === 'frequent')
  return [...all(usual, 'usual'), ...all(frequent, 'frequent')]
    .toSorted((a, b) => rank(a) - rank(b) || coverage(b.columnName) - coverage(a.columnName))
    .slice(0, MOST)
}

/** A foreign key leads to a table that is called like tenants, and whose rows belong to nothing wider. */
function leadsToTenants(columnName: string, candidates: Candidates): boolean {
  const coverage = holders(columnName, candidates).length
  return targetsOf(columnName, candidates).some(
    (target) =>
      USUAL_NAMES.some((name) => isTableOf(name, target.name)) &&
      !target.columns.some((column) => {
        const name = normalizedName(column.name)
        if (!column.notNull || name === columnName || !mayBeTenant(column, target)) return false
        return holders(name, candidates).length > coverage
      }),
  )
}

/** The tables that have such a column, of a type that a tenant can have. */
export function holders(columnName: string, { tables }: Candidates): RelationState[] {
  return tables.filter(({ columns }) =>
    columns.some((column) => normalizedName(column.name) === columnName && tenantTypeOf(column)),
  )
}

function all(names: readonly string[], evidence: CandidateName['evidence']): CandidateName[] {
  return names.map((columnName) => ({ columnName, evidence }))
}

/** Names of the list, else those of columns that refer to a table that is called like tenants. */
function usualNames(candidates: Candidates): string[] {
  const found = USUAL_NAMES.filter((name) => holders(name, candidates).length > 0)
  if (found.length > 0) return found
  const isTenants = ({ name }: RelationState) => USUAL_NAMES.some((n) => isTableOf(n, name))
  return commonest(referring(candidates, isTenants).map(normalizedName))
}

/** Names that no list holds, and that several tables have: `namespace`, `nid`, `project_id`. */
function otherNames(candidates: Candidates): string[] {
  const names = candidates.tables.flatMap((table) =>
    table.columns
      .filter((column) => mayBeTenant(column, table))
      .map(({ name }) => normalizedName(name)),
  )
  return commonest(names).filter(
    (name) => !USUAL_NAMES.includes(name) && holders(name, candidates).length > 1,
  )
}

function mayBeTenant(column: ColumnState, table: RelationState): boolean {
  if (!tenantTypeOf(column) || isOwnId(column, table.name)) return false
  const refers = references(table).some((reference) => reference.column === column.name)
  return refers || looksLikeId(column) || TENANT_NOUNS.includes(normalizedName(column.name))
}

/** It leads to a table whose rows have a tenant by one of the usual names: a project of a tenant. */
function isInside(columnName: string, usual: readonly string[], candidates: Candidates): boolean {
  const targets = targetsOf(columnName, candidates)
  const named = candidates.tables.filter(({ name }) => isTableOf(columnName, name))
  return (targets.length > 0 ? targets : named).some(({ columns }) =>
    columns.some(({ name, notNull }) => notNull && usual.includes(normalizedName(name))),
  )
}

/** The tables that the columns of this name refer to. */
function targetsOf(columnName: string, { tables, byName }: Candidates): RelationState[] {
  return tables.flatMap((table) =>
    references(table)
      .filter(({ column }) => normalizedName(column) === columnName)
      .flatMap((reference) => byName.get(qualifiedName(reference.table)) ?? []),
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
