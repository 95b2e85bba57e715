import { Command, Option } from 'commander'
import { EXIT, type Io } from '../io.ts'
import { migrateUp } from '../migrate/migrator.ts'
import { runMigrations } from '../migrate/run-migrations.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'

const HELP = `
Runs the migrations of the folder with Kysely's Migrator and keeps Kysely's own record of them. Each
file runs in a transaction of its own, or in none when it exports \`transaction = false\`. A lock that
is not free within 2 s ends the transaction, which is tried again a few times. Needs the login that
owns the tables, or a superuser.

Examples:
  kysely-tenants migrate:latest
  kysely-tenants migrate:latest --to 1767225600000_tenants_1_columns
  kysely-tenants migrate:latest --url "$OWNER_DATABASE_URL"`

interface LatestOptions extends CommonOptions {
  readonly to?: string
}

export function migrateLatestCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('migrate:latest')
    .description('run the migrations that are pending')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(new Option('--to <migration>', 'run none that comes after this one'))
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async ({ to, ...options }: LatestOptions) => {
      const target = to === undefined ? 'all' : { to }
      const count = await runMigrations(
        io,
        { ...options, command: 'migrate:latest' },
        (client, folder, listener) => migrateUp(client, folder, { target, listener }),
      )
      if (count === 0) io.err('Nothing to do: no migration is pending.\n')
      exit(EXIT.clean)
    })
}
