import { Command, CommanderError } from 'commander'
import { EXIT, type Io } from './io.ts'
import { packageVersion } from './package-version.ts'
import { renderError } from './render/error.ts'
import { fitHelp } from './render/fit-help.ts'
import { paint } from './render/paint.ts'

type CreateCommand = (io: Io, exit: (code: number) => void) => Command

// In the order of the help. Each command is loaded on its own.
const COMMANDS: Readonly<Record<string, () => Promise<CreateCommand>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  'migrate:rls': async () => (await import('./commands/migrate-rls.ts')).migrateRlsCommand,
  'migrate:latest': async () => (await import('./commands/migrate-latest.ts')).migrateLatestCommand,
  'migrate:down': async () => (await import('./commands/migrate-down.ts')).migrateDownCommand,
  'migrate:list': async () => (await import('./commands/migrate-list.ts')).migrateListCommand,
  backfill: async () => (await import('./commands/backfill.ts')).backfillCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
}

const HELP_WIDTH = 100

const HELP = `
Exit codes:
  0  clean
  1  findings, or work to do
  2  could not do the job

Examples:
  kysely-tenants init             propose a config from what the database has
  kysely-tenants status           show what is in place, table by table
  kysely-tenants migrate:rls      write the migrations that are missing
  kysely-tenants migrate:latest   run them
  kysely-tenants audit            find what lets one tenant reach another`

/** Runs the CLI and resolves to its exit code. Only `bin/` touches the process. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.clean
  try {
    const program = await createProgram(argv, io, (code) => {
      exitCode = code
    })
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has already written its own message; `--help` ends here too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.trouble
    io.err(renderError(error, io))
    return EXIT.trouble
  }
}

async function createProgram(
  argv: readonly string[],
  io: Io,
  exit: (code: number) => void,
): Promise<Command> {
  const program = new Command('kysely-tenants')
    .description('Row-level multi-tenancy for Kysely on PostgreSQL.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(fitHelp(text, io.columns)),
      writeErr: (text) => io.err(fitHelp(text, io.errColumns)),
      // Commander would ask the terminal of the process.
      getOutHelpWidth: () => Math.min(HELP_WIDTH, io.columns ?? HELP_WIDTH),
      getErrHelpWidth: () => Math.min(HELP_WIDTH, io.errColumns ?? HELP_WIDTH),
      outputError: (text, write) => write(text.replace(/^error: /, `${paint(io.color).red('✖')} `)),
    })

  for (const create of await Promise.all(wantedCommands(argv))) {
    program.addCommand(create(io, exit).copyInheritedSettings(program))
  }
  return program
}

/** All commands when the first argument names none: the help lists them, and a typo gets a suggestion. */
function wantedCommands([name = '']: readonly string[]): Promise<CreateCommand>[] {
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return (named ? [named] : Object.values(COMMANDS)).map((load) => load())
}
