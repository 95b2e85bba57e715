import { Command, CommanderError } from 'commander'
import { EXIT, errScreen, type Io } from './io.ts'
import { packageVersion } from './package-version.ts'
import { keptResult } from './partial-result.ts'
import { renderError, renderErrorJson } from './render/error.ts'
import { type ErrorReport, errorReport } from './render/error-report.ts'
import { fitHelp } from './render/fit-help.ts'
import { paint } from './render/paint.ts'

type CreateCommand = (io: Io, exit: (code: number) => void) => Command

// In the order of the help. Each command is loaded on its own.
const COMMANDS: Readonly<Record<string, () => Promise<CreateCommand>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  'migrate:rls': async () => (await import('./commands/migrate-rls.ts')).migrateRlsCommand,
  'migrate:latest': async () => (await import('./commands/migrate-latest.ts')).migrateLatestCommand,
  'migrate:up': async () => (await import('./commands/migrate-up.ts')).migrateUpCommand,
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
    // `--help` ends here too, with exit code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.clean
    reportError(error, argv, io)
    return EXIT.trouble
  }
}

function reportError(error: unknown, argv: readonly string[], io: Io): void {
  // Commander has already written its own message.
  const isUsage = error instanceof CommanderError
  if (!isUsage) io.err(renderError(error, io))
  if (!wantsJson(argv)) return
  const report = isUsage ? usageReport(error, argv) : errorReport(error, io)
  io.out(renderErrorJson(report, keptResult(error)))
}

function usageReport({ message }: CommanderError, argv: readonly string[]): ErrorReport {
  const text = message === '(outputHelp)' ? 'No command was named; nothing was done.' : message
  const [summary = '', ...details] = text.replace(/^error: /, '').split('\n')
  return { code: 'USAGE', summary, details, hint: usageHint(argv) }
}

function usageHint([name = '']: readonly string[]): string {
  const command = Object.hasOwn(COMMANDS, name) ? ` ${name}` : ''
  return `See \`kysely-tenants${command} --help\`.`
}

// Commander may have failed before it knew the options.
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (arg, index) =>
      ['--json', '--format=json', '-fjson'].includes(arg) ||
      (arg === 'json' && ['--format', '-f'].includes(argv[index - 1] ?? '')),
  )
}

async function createProgram(
  argv: readonly string[],
  io: Io,
  exit: (code: number) => void,
): Promise<Command> {
  const program = new Command('kysely-tenants')
    .description('Row-level multi-tenancy for Kysely and Knex on PostgreSQL.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', groupOf(argv[0] ?? '').length > 0 ? '' : HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(fitHelp(text, io.columns)),
      writeErr: (text) => io.err(fitHelp(text, io.errColumns)),
      // Commander would ask the terminal of the process.
      getOutHelpWidth: () => Math.min(HELP_WIDTH, io.columns ?? HELP_WIDTH),
      getErrHelpWidth: () => Math.min(HELP_WIDTH, io.errColumns ?? HELP_WIDTH),
      outputError: (text, write) => {
        const c = paint(errScreen(io).color)
        const told = text.replace(/^error: /, `${c.red('✖')} `)
        write(`${told}  ${c.dim('next')} ${usageHint(argv)}\n`)
      },
    })

  const [name = ''] = argv
  for (const create of await Promise.all(wantedCommands(name))) {
    program.addCommand(create(io, exit).copyInheritedSettings(program))
  }
  if (groupOf(name).length > 0) program.addCommand(listing(name, program), { hidden: true })
  return program
}

/** Stands for the name of a group, and lists its commands as the bare command lists all. */
function listing(group: string, program: Command): Command {
  return new Command(group)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_, { args }: Command) => {
      const isAsked = args.some((arg) => ['-h', '--help'].includes(arg))
      if (isAsked) program.outputHelp()
      else program.help({ error: true })
    })
}

/**
 * The named command, those of a named group, or all of them: the help lists them, and a typo gets a
 * suggestion.
 */
function wantedCommands(name: string): Promise<CreateCommand>[] {
  const names = Object.hasOwn(COMMANDS, name) ? [name] : groupOf(name)
  return (names.length > 0 ? names : Object.keys(COMMANDS)).flatMap((command) => {
    const load = COMMANDS[command]
    return load ? [load()] : []
  })
}

/** `migrate` is no command, and stands for all `migrate:*`. */
function groupOf(name: string): string[] {
  return Object.keys(COMMANDS).filter((command) => command.startsWith(`${name}:`))
}
