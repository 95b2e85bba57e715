import { findRelation } from '../catalog/find-relation.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { parseConfig } from '../config/parse-config.ts'
import { isOurs } from '../policy/policy-match.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { blindCode, type OwnerCode, ownerCode } from '../wanted/owner-code.ts'
import { resolveWanted } from '../wanted/resolve-wanted.ts'
import type { Wanted } from '../wanted/wanted.ts'
import type { Proposal, ProposedCode } from './proposal.ts'
import { proposedConfig } from './proposed-config.ts'

/**
 * Adds what the owner has written: its policies, and the code that reads as the owner. FORCE is left out where
 * it would show that code no row.
 *
 * @param label writes a table as the config does
 */
export function withOwnerCode(
  proposal: Proposal,
  snapshot: Snapshot,
  label: (table: TableName) => string,
): Proposal {
  const wanted = resolveWanted(parseConfig(proposedConfig(proposal)), snapshot)
  const blind = blindCode(wanted, snapshot).filter(({ kind }) => kind !== 'login')
  const code: ProposedCode[] = [
    ...blind.map((one) => ({ ...one, sees: 'no row' as const })),
    ...ownerCode(wanted, snapshot, 'all').map((one) => ({ ...one, sees: 'every row' as const })),
  ]
  const policies = policiesOn(wanted, snapshot)
  const unforced = unforcedTables(blind, proposal, { snapshot, label })
  return {
    ...proposal,
    ...(code.length > 0 && { ownerCode: code }),
    ...(policies.length > 0 && { policies }),
    ...(unforced.length > 0 && { unforced }),
  }
}

/** Code that cannot be read may read any table. A partition goes with the table that the config lists. */
function unforcedTables(
  blind: readonly OwnerCode[],
  { tables }: Proposal,
  { snapshot, label }: { snapshot: Snapshot; label: (table: TableName) => string },
): NonNullable<Proposal['unforced']> {
  if (blind.some(({ isOpen }) => isOpen)) return 'all'
  const listed = new Set(tables.map(({ name }) => name))
  const rootsOf = (table: TableName): string[] => {
    const name = label(table)
    const parents = findRelation(table, snapshot)?.parents ?? []
    return listed.has(name) ? [name] : parents.flatMap(rootsOf)
  }
  return [...new Set(blind.flatMap((code) => code.tables).flatMap(rootsOf))]
}

function policiesOn({ tables }: Wanted, snapshot: Snapshot): string[] {
  return tables.flatMap((table) =>
    (findRelation(table, snapshot)?.policies ?? [])
      .filter((policy) => !isOurs(policy))
      .map(({ name }) => `${identifier(name)} on ${qualifiedName(table)}`),
  )
}
