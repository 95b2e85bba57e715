import { Command } from 'commander'
import { inReadOnlyTransaction } from '../../catalog/read-only.ts'
import { readSnapshot } from '../../catalog/read-snapshot.ts'
import { isInPlace, tableStatus } from '../../migration/table-status.ts'
import { resolveWanted, snapshotRequest } from '../../wanted/resolve-wanted.ts'
import { inConfigOrder } from '../config-order.ts'
import { withClient } from '../connect/connect.ts'
import { loadConfig } from '../connect/load-config.ts'
import { EXIT, type Io } from '../io.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderJson } from '../render/json.ts'
import { renderStatus } from '../render/status.ts'

const HELP = `
Reads the catalog and changes nothing. Exits 1 when a table of the config is not as it should be,
or when a table with a tenant column is not in the config.

Examples:
  kysely-tenants status
  kysely-tenants status --json | jq '.tables[] | select(.drift != [])'`

export function statusCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('status')
    .description('show what is in place, a line for each tenant table')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: CommonOptions) => {
      const { config, connection } = await loadConfig(io.cwd, options.config)
      const request = snapshotRequest(config)
      const snapshot = await withClient(connection, options.url, (client) =>
        inReadOnlyTransaction(client, () => readSnapshot(client, request)),
      )
      const found = tableStatus(resolveWanted(config, snapshot), snapshot)
      const status = { ...found, tables: inConfigOrder(found.tables, config.tables) }

      io.out(options.json ? renderJson(status) : renderStatus(status, io))
      exit(isInPlace(status) ? EXIT.clean : EXIT.findings)
    })
}
