import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import { plan } from '../../src/migration/plan.ts'
import { resolveWanted, snapshotRequest } from '../../src/wanted/resolve-wanted.ts'
import { withClient } from './postgres.ts'

/** Brings a database to what the config wants, without the files that `migrate:rls` would write. */
export function applyPlan(url: string, input: ConfigInput): Promise<void> {
  const config = parseConfig(input)
  const request = snapshotRequest(config)

  return withClient(url, async (client) => {
    const snapshot = await inReadOnlyTransaction(client, () => readSnapshot(client, request))
    for (const { steps } of plan(resolveWanted(config, snapshot), snapshot)) {
      for (const { up } of steps) await client.query(up)
    }
  })
}
