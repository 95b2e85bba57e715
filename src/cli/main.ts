import { Command, CommanderError } from 'commander'
import { auditCommand } from './commands/audit.ts'
import { backfillCommand } from './commands/backfill.ts'
import { explainCommand } from './commands/explain.ts'
import { initCommand } from './commands/init.ts'
import { migrateDownCommand } from './commands/migrate-down.ts'
import { migrateLatestCommand } from './commands/migrate-latest.ts'
import { migrateListCommand } from './commands/migrate-list.ts'
import { migrateRlsCommand } from './commands/migrate-rls.ts'
import { statusCommand } from './commands/status.ts'
import { EXIT, type Io } from './io.ts'
import { packageVersion } from './package-version.ts'
import { renderError } from './render/error.ts'
import { paint } from './render/paint.ts'

type CreateCommand = (io: Io, exit: (code: number) => void) => Command

const COMMANDS: readonly CreateCommand[] = [
  initCommand,
  statusCommand,
  migrateRlsCommand,
  migrateLatestCommand,
  migrateDownCommand,
  migrateListCommand,
  backfillCommand,
  auditCommand,
  explainCommand,
]

const HELP_WIDTH = 100

const HELP = `
Exit codes:
  0  clean
  1  findings, or work to do
  2  could not do the job, be it for a bug

Examples:
  kysely-tenants init             propose a config from what the database has
  kysely-tenants status           what is in place, table by table
  kysely-tenants migrate:rls      write the migrations that are missing
  kysely-tenants migrate:latest   run them
  kysely-tenants audit            what still lets a tenant out`

/** Runs the CLI and resolves to its exit code. Only `bin/` touches the process. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.clean
  const program = createProgram(io, (code) => {
    exitCode = code
  })

  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has already written its own message; `--help` ends here too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.trouble
    io.err(renderError(error, io))
    return EXIT.trouble
  }
}

function createProgram(io: Io, exit: (code: number) => void): Command {
  const program = new Command('kysely-tenants')
    .description('Row-level multi-tenancy for Kysely on PostgreSQL.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      // Commander would ask the terminal of the process.
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      outputError: (text, write) => write(text.replace(/^error: /, `${paint(io.color).red('✖')} `)),
    })

  for (const command of COMMANDS) {
    program.addCommand(command(io, exit).copyInheritedSettings(program))
  }
  return program
}
