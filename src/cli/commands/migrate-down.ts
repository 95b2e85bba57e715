import { Command, Option } from 'commander'
import { EXIT, type Io } from '../io.ts'
import { type DownTarget, migrateDown } from '../migrate/migrator.ts'
import { runMigrations } from '../migrate/run-migrations.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'

interface DownOptions extends CommonOptions {
  readonly to?: string
  readonly all?: boolean
}

const HELP = `
Runs the \`down\` of migrations, the last one first, under the rules of migrate:latest. What
migrate:rls wrote puts back what was there before, which reduces isolation.

Examples:
  kysely-tenants migrate:down
  kysely-tenants migrate:down --to 1767225600000_tenants_1_policies
  kysely-tenants migrate:down --all`

export function migrateDownCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('migrate:down')
    .description('undo the last migration, or several')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(new Option('--to <migration>', 'undo all that ran after this one').conflicts('all'))
    .addOption(new Option('--all', 'undo every migration'))
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: DownOptions) => {
      const target = targetOf(options)
      const count = await runMigrations(
        io,
        { ...options, command: 'migrate:down' },
        (client, folder, listener) => migrateDown(client, folder, { target, listener }),
      )
      if (count === 0) io.err('Nothing to undo.\n')
      exit(EXIT.clean)
    })
}

function targetOf({ to, all }: DownOptions): DownTarget {
  if (to !== undefined) return { to }
  return all ? 'all' : 'last'
}
