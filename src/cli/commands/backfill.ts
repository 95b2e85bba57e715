import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { inReadOnlyTransaction } from '../../catalog/read-only.ts'
import { readSnapshot } from '../../catalog/read-snapshot.ts'
import { passedOver, planFills } from '../../migration/fill.ts'
import { parseTableName, type TableReference } from '../../sql/table-name.ts'
import { resolveWanted, snapshotRequest } from '../../wanted/resolve-wanted.ts'
import { prepareSession } from '../backfill/fill-session.ts'
import { type RunOptions, runBackfill, showBackfill } from '../backfill/run-backfill.ts'
import { refuseLockedTriggers } from '../backfill/skip-triggers.ts'
import { withClient } from '../connect/connect.ts'
import { loadConfig } from '../connect/load-config.ts'
import type { Io } from '../io.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'

interface BackfillOptions extends CommonOptions, Omit<RunOptions, 'io' | 'unknown' | 'snapshot'> {
  readonly dryRun?: boolean
}

const HELP = `
Gives rows without a tenant the tenant of their parent, or that of the config: \`backfill\` of the
table, else the only tenant table that a foreign key without NULL leads to. A batch is one statement
and one commit; a second run goes on where the first one stopped. Run it between the migration that adds
the column and those that need it filled, as the owner of the tables or a superuser. Exits 1 when rows
are left for which no tenant was found.

Examples:
  kysely-tenants backfill
  kysely-tenants backfill tasks billing.invoices --rate 5000 --max-lag 10
  kysely-tenants backfill --dry-run`

export function backfillCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('backfill')
    .description('fill a new tenant column in batches, while the application goes on')
    .addArgument(
      new Argument('[table...]', 'only these, instead of all whose tenants are known').argParser(
        parseTables,
      ),
    )
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(new Option('--batch <rows>', 'rows in a batch').default(1000).argParser(parseRows))
    .addOption(
      new Option('--rate <rows>', 'fill at most this many rows per second').argParser(parseRows),
    )
    .addOption(
      new Option('--max-lag <seconds>', 'wait for replicas that are further behind').argParser(
        parseSeconds,
      ),
    )
    .addOption(
      new Option(
        '--skip-triggers',
        'fire none of the triggers of the tables (updated_at, audit); other writers wait for each batch',
      ),
    )
    .addOption(new Option('--dry-run', 'print the number of rows and the SQL, and fill none'))
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (only: TableReference[], options: BackfillOptions) => {
      const { config } = await loadConfig(io.cwd, options.config)
      await withClient(config.connection, options.url, async (client) => {
        const snapshot = await inReadOnlyTransaction(client, () =>
          readSnapshot(client, snapshotRequest(config)),
        )
        const wanted = resolveWanted(config, snapshot)
        const fills = planFills(wanted, snapshot, only)
        await prepareSession(client, fills, snapshot)
        if (options.skipTriggers) await refuseLockedTriggers(client, fills, snapshot)
        const unknown = only.length > 0 ? [] : passedOver(wanted, snapshot)
        const work = options.dryRun ? showBackfill : runBackfill
        exit(await work(client, fills, { io, unknown, snapshot, ...options }))
      })
    })
}

function parseTables(text: string, before: readonly TableReference[] = []): TableReference[] {
  const table = parseTableName(text)
  if (table) return [...before, table]
  throw new InvalidArgumentError("A table is written as 'table' or 'schema.table'.")
}

function parseRows(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Rows are a whole number from 1 on.')
}

function parseSeconds(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('Seconds are a number above 0.')
}
