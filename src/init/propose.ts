import type { Survey } from '../catalog/read-survey.ts'
import { isTable, type RelationState } from '../catalog/relation-state.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import { initNothingFound } from '../errors/command/init.ts'
import { tenantTypeOf } from '../wanted/tenant-type.ts'
import type { Answers, Question } from './answers.ts'
import { type Candidates, candidateTables, labelOf, tableByLabel } from './candidate-tables.ts'
import { checkAnswers, checkUse } from './check-answers.ts'
import type { Classification, TenantKey } from './classification.ts'
import { findLogins, type Login, ownersOf, reachedBy } from './logins.ts'
import { withOwnerCode } from './owner-code.ts'
import type { Proposal } from './proposal.ts'
import { proposedTables } from './proposed-tables.ts'
import { roleWarnings } from './role-warnings.ts'
import { suggestLookups } from './suggest-lookups.ts'
import { findTenantKey } from './tenant-key.ts'

const ROWS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']

/**
 * Makes a config for this database. Pure: the same survey and answers, the same proposal.
 *
 * @returns a question when the catalog allows two answers; ask, and call it again with the answer
 * @throws `INIT.UNKNOWN_NAME`, `INIT.NOTHING_FOUND`
 */
export function propose(
  survey: Survey,
  answers: Answers,
): { readonly proposal: Proposal } | { readonly question: Question } {
  const { snapshot } = survey
  const candidates = candidateTables(survey)
  if (candidates.tables.length === 0) throw initNothingFound(snapshot.database, false)
  checkAnswers(answers, candidates, snapshot)

  const keyed = findTenantKey(candidates, survey, answers)
  if (keyed === undefined) throw initNothingFound(snapshot.database, true)
  if ('question' in keyed) return keyed
  const { key, classification } = keyed
  const tables = relationsOf(classification)
  if (tables.length === 0) throw initNothingFound(snapshot.database, true)
  checkUse(answers, candidates, keyed)

  const logins = findLogins(tables, snapshot)
  if (answers.appRoles === undefined && logins.length > 1) {
    return { question: whichLogin(logins, tables.length) }
  }
  const app = answers.appRoles ?? logins.map(({ name }) => name)
  const admin = answers.adminRoles ?? []
  const roles = {
    app,
    admin,
    others: logins.map(({ name }) => name).filter((name) => ![...app, ...admin].includes(name)),
    warnings: roleWarnings(app, admin, { tables, snapshot }),
  }
  const proposal = describe({ survey, candidates, key, classification, answers, roles })
  return {
    proposal: withOwnerCode(proposal, snapshot, (table) => labelOf(table, candidates)),
  }
}

interface Found {
  readonly survey: Survey
  readonly candidates: Candidates
  readonly key: TenantKey
  readonly classification: Classification
  readonly answers: Answers
  readonly roles: Proposal['roles']
}

function describe(found: Found): Proposal {
  const { survey, candidates, key, classification, answers, roles } = found
  const { database, serverVersion, currentUser } = survey.snapshot
  const label = (table: RelationState) => labelOf(table, candidates)
  const types = new Set(classification.owned.map(({ column }) => tenantTypeOf(column)))
  const [type, ...otherTypes] = types
  const global = globalTables(found)
  const { undecided } = classification
  const named = [
    ...relationsOf(classification),
    ...undecided.map(({ relation }) => relation),
    ...global,
  ]
  const lookups = suggestLookups(relationsOf(classification), label)
  return {
    database,
    serverVersion,
    currentUser,
    roles,
    owners: ownersOf(relationsOf(classification)),
    column: classification.column,
    type: otherTypes.length > 0 ? undefined : type,
    tenantsTable: key.tenants && label(key.tenants.relation),
    schemas: candidates.schemas.filter((schema) => named.some((table) => table.schema === schema)),
    tables: proposedTables(classification, { candidates, key, answers }),
    undecided: undecided.map(({ relation, reason }) => ({ name: label(relation), reason })),
    global: global.map(label),
    citus: survey.citus !== undefined,
    ...(lookups.length > 0 && { lookups }),
  }
}

function relationsOf({ owned, adopted }: Classification): RelationState[] {
  return [...owned, ...adopted].map(({ relation }) => relation)
}

/** Tables that the app does not reach need not be listed. Without a known app, all of them are. */
function globalTables({ survey, candidates, classification, answers, roles }: Found) {
  const { global } = classification
  const { snapshot } = survey
  if (roles.app.length === 0) return global
  const reach = roles.app.map((role) => reachedBy(role, snapshot, ROWS))
  const named = (answers.global ?? []).map((name) => tableByLabel(name, candidates))
  const bookkeeping = snapshot.relations.filter((table) => isTable(table) && isBookkeeping(table))
  return [...global, ...bookkeeping].filter(
    (table) => named.includes(table) || reach.some((reaches) => reaches(table)),
  )
}

function whichLogin(logins: readonly Login[], tables: number): Question {
  return {
    about: 'appRoles',
    text: 'Which login does the application use?',
    options: logins.map(({ name, reaches }) => ({
      value: name,
      note: `may change ${reaches} of ${tables} tenant tables`,
    })),
  }
}
