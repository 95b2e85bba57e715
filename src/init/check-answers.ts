import type { Snapshot } from '../catalog/snapshot.ts'
import { initUnknownName } from '../errors/command/init.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import type { Answers } from './answers.ts'
import { type Candidates, tableByLabel } from './candidate-tables.ts'
import type { Classification, TenantKey } from './classification.ts'

/** @throws `INIT.UNKNOWN_NAME` with all that the answers name and the database does not have */
export function checkAnswers(answers: Answers, candidates: Candidates, { roles }: Snapshot): void {
  const columns = new Set(candidates.tables.flatMap((t) => t.columns.map(({ name }) => name)))
  const { tenantsTable = [], shared = [], global = [] } = answers
  const tables = [tenantsTable, shared, global].flat()
  const logins = [answers.appRoles ?? [], answers.adminRoles ?? []].flat()
  const columnNames = new Set([...columns].map(normalizedName))
  const problems = [
    ...[answers.column ?? []]
      .flat()
      .flatMap((name) =>
        columnNames.has(normalizedName(name)) ? [] : [`No table has a column ${name}.`],
      ),
    ...tables.flatMap((name) =>
      tableByLabel(name, candidates) ? [] : [`There is no table ${name}.`],
    ),
    ...global
      .filter((name) => name === answers.tenantsTable)
      .map((name) => `${name} cannot be both the tenants table and global.`),
    ...logins.flatMap((name) =>
      roles.some((role) => role.name === name) ? [] : [`There is no role ${name}.`],
    ),
    ...(answers.adminRoles ?? [])
      .filter((name) => answers.appRoles?.includes(name))
      .map((name) => `${name} cannot be both the app role and the admin role.`),
  ]
  if (problems.length > 0) throw initUnknownName([...new Set(problems)])
}

/**
 * An answer without any effect is a mistake too.
 *
 * @throws `INIT.UNKNOWN_NAME`
 */
export function checkUse(
  { tenantsTable, shared = [] }: Answers,
  candidates: Candidates,
  { key, classification }: { readonly key: TenantKey; readonly classification: Classification },
): void {
  const owned = new Set(classification.owned.map(({ relation }) => relation))
  const isOwned = (name: string) => {
    const table = tableByLabel(name, candidates)
    return table !== undefined && owned.has(table)
  }
  const problems = [
    ...(tenantsTable !== undefined && key.tenants === undefined
      ? [`${tenantsTable} has no key of one column that could be the tenant.`]
      : []),
    ...shared
      .filter((name) => !isOwned(name))
      .map((name) => `${name} has no tenant column, and so no rows to share.`),
  ]
  if (problems.length > 0) throw initUnknownName(problems)
}
