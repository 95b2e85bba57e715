import { Command } from 'commander'
import { EXIT, type Io } from '../io.ts'
import { migrateUp } from '../migrate/migrator.ts'
import { runMigrations } from '../migrate/run-migrations.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'

const HELP = `
Runs the first pending migration of the folder, under the rules of migrate:latest.

Examples:
  kysely-tenants migrate:up
  kysely-tenants migrate:up --url "$OWNER_DATABASE_URL"`

export function migrateUpCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('migrate:up')
    .description('run the next migration that is pending')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: CommonOptions) => {
      const count = await runMigrations(
        io,
        { ...options, command: 'migrate:up' },
        (client, folder, listener) => migrateUp(client, folder, { target: 'next', listener }),
      )
      if (count === 0) io.err('Nothing to do: no migration is pending.\n')
      exit(EXIT.clean)
    })
}
