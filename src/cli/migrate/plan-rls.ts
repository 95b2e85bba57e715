import { type DistributedTable, readDistributed } from '../../catalog/read-distributed.ts'
import { inReadOnlyTransaction } from '../../catalog/read-only.ts'
import { readSnapshot } from '../../catalog/read-snapshot.ts'
import type { MigrationPart } from '../../config/migration-part.ts'
import { migrationDistributed } from '../../errors/command/migration.ts'
import type { PartChange } from '../../migration/part-change.ts'
import { plan } from '../../migration/plan.ts'
import { planParts } from '../../migration/plan-parts.ts'
import type { Phase } from '../../migration/step.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { blindCode, type OwnerCode } from '../../wanted/owner-code.ts'
import { resolveWanted, snapshotRequest } from '../../wanted/resolve-wanted.ts'
import { withClient } from '../connect/connect.ts'
import type { LoadedConfig } from '../connect/load-config.ts'
import { pendingFiles, readRecorded } from './pending-files.ts'

export interface RlsPlan {
  readonly phases: readonly Phase[]
  /** Changes that were not asked for, and those that only the user can decide. */
  readonly advice: readonly PartChange[]
  /** Code and logins that see no row once the policies are on. */
  readonly blind: readonly OwnerCode[]
  /** Files that were written before and have not been run: `phases` repeats them. */
  readonly pending: readonly string[]
}

interface Request {
  readonly url: string | undefined
  readonly folder: string
  readonly parts: readonly MigrationPart[]
  readonly takenOver: readonly string[]
  readonly observes: boolean
}

/** Plans from the database and from the files of the folder. */
export async function planRls(
  { config, connection }: LoadedConfig,
  { url, folder, parts, takenOver, observes }: Request,
): Promise<RlsPlan> {
  const { snapshot, recorded, distributed } = await withClient(connection, url, (client) =>
    inReadOnlyTransaction(client, async () => ({
      snapshot: await readSnapshot(client, snapshotRequest(config)),
      recorded: await readRecorded(client),
      distributed: await readDistributed(client),
    })),
  )
  const wanted = { ...resolveWanted(config, snapshot), parts, takenOver, observes }
  const changes = planParts(wanted, snapshot)
  const phases = plan(wanted, snapshot, changes)
  refuseDistributed(phases, distributed)
  const closes = phases.some(({ name }) => name === 'policies' || name === 'force')
  return {
    phases,
    blind: closes ? blindCode(wanted, snapshot) : [],
    advice: changes.filter(({ part, obstacle }) => !parts.includes(part) || obstacle !== undefined),
    pending: phases.length > 0 ? pendingFiles(folder, recorded, snapshot) : [],
  }
}

/** @throws `MIGRATION.DISTRIBUTED` when a step would change a table of Citus */
function refuseDistributed(
  phases: readonly Phase[],
  distributed: readonly DistributedTable[],
): void {
  const changed = new Set(
    phases.flatMap(({ steps }) => steps.map(({ table }) => qualifiedName(table))),
  )
  const refused = distributed.filter((table) => changed.has(qualifiedName(table)))
  if (refused.length === 0) return
  throw migrationDistributed(
    refused.map((table) => {
      return `${qualifiedName(table)}: ${table.isReference ? 'a reference table' : 'a distributed table'}`
    }),
  )
}
