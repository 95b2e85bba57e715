import { Command } from 'commander'
import type { MigrationInfo } from 'kysely/migration'
import { withClient } from '../connect/connect.ts'
import { loadConfig } from '../connect/load-config.ts'
import { EXIT, type Io } from '../io.ts'
import { listMigrations } from '../migrate/migrator.ts'
import { refuseOtherTool } from '../migrate/other-tool.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderJson } from '../render/json.ts'
import { paint } from '../render/paint.ts'

const HELP = `
Reads only: where no migration has run yet, Kysely's tables are not created.

Examples:
  kysely-tenants migrate:list
  kysely-tenants migrate:list --json | jq '.migrations[] | select(.executedAt == null)'`

export function migrateListCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('migrate:list')
    .description('show which migrations have run and which are pending')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: CommonOptions) => {
      const loaded = await loadConfig(io.cwd, options.config)
      const folder = await loaded.migrationFolder()
      refuseOtherTool({ ...loaded.config.migrations, folder }, 'migrate:list')
      const migrations = await withClient(loaded.connection, options.url, (client) =>
        listMigrations(client, folder),
      )
      io.out(
        options.json ? renderJson({ migrations: migrations.map(state) }) : human(io, migrations),
      )
      if (migrations.length === 0) io.err('The folder has no migrations.\n')
      exit(EXIT.clean)
    })
}

function state({ name, executedAt }: MigrationInfo) {
  return { name, executedAt: executedAt?.toISOString() ?? null }
}

function human({ color }: Io, migrations: readonly MigrationInfo[]): string {
  const c = paint(color)
  return migrations
    .map(({ name, executedAt }) =>
      executedAt
        ? `${c.green('✔')} ${name}  ${c.dim(`executed ${executedAt.toISOString()}`)}\n`
        : `${c.yellow('·')} ${name}  ${c.dim('pending')}\n`,
    )
    .join('')
}
