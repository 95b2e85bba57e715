import { basename, dirname, extname, relative, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { inReadOnlyTransaction } from '../../catalog/read-only.ts'
import { readSurvey, type Survey } from '../../catalog/read-survey.ts'
import { parseConfig } from '../../config/parse-config.ts'
import type { Proposal } from '../../init/proposal.ts'
import { proposedConfig } from '../../init/proposed-config.ts'
import { renderConfig } from '../../init/render-config.ts'
import { resolveWanted } from '../../wanted/resolve-wanted.ts'
import { withClient } from '../connect/connect.ts'
import { DEFAULT_FILE, defaultFiles } from '../connect/load-config.ts'
import { agreeOnProposal, confirmProposal } from '../init/agree-on-proposal.ts'
import type { Prompts } from '../init/ask.ts'
import { connectionOrProblem, type Project, readProject } from '../init/read-project.ts'
import { refuseExisting, writeConfig } from '../init/write-config.ts'
import { EXIT, errScreen, type Io } from '../io.ts'
import { jsonOption } from '../options.ts'
import { renderProposal } from '../render/init.ts'
import { renderJson } from '../render/json.ts'

interface InitOptions {
  readonly config?: string
  readonly url?: string
  readonly schema?: readonly string[]
  readonly tenantColumn?: string
  readonly tenantsTable?: string
  readonly shared?: readonly string[]
  readonly global?: readonly string[]
  readonly appRole?: readonly string[]
  readonly adminRole?: readonly string[]
  readonly migrations?: string
  readonly yes?: boolean
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

const HELP = `
Reads the catalog, no rows, and changes nothing in the database: the one of --url, of a
kysely.config.ts, or of DATABASE_URL, which a .env may set. On a terminal it asks questions that the
catalog leaves open; elsewhere, and with --yes, the flags answer them. Prints the path of the file it wrote.

Examples:
  kysely-tenants init
  kysely-tenants init --dry-run
  kysely-tenants init --yes --app-role app_user --admin-role app_admin
  kysely-tenants init --tenant-column org_id --tenants-table organizations`

export function initCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('init')
    .description('propose a config from what the database has, and write it')
    .addOption(
      new Option('-c, --config <path>', `file to write (default: ${DEFAULT_FILE})`).argParser(
        parsePath,
      ),
    )
    .option('--url <url>', 'database to look into')
    .option('--schema <name...>', 'look into these schemas only (default: all with tables)')
    .option('--tenant-column <name>', 'name of the tenant column in most tables')
    .option('--tenants-table <table>', 'the table with a row for each tenant')
    .option('--shared <table...>', 'tables whose rows without a tenant are for every tenant')
    .option('--global <table...>', 'tables without data of a tenant: every tenant may read them')
    .option('--app-role <name...>', 'login of the application')
    .option('--admin-role <name...>', 'login that sees every tenant')
    .option('--migrations <folder>', 'folder of the migrations, relative to the file')
    .option('-y, --yes', 'ask nothing')
    .option('--force', 'overwrite the file')
    .option('--dry-run', 'print the file and write nothing')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: InitOptions) => {
      await init(io, options)
      exit(EXIT.clean)
    })
}

function parsePath(path: string): string {
  if (/^\.[cm]?[jt]s$/.test(extname(path))) return path
  throw new InvalidArgumentError('It is written as .ts, .mts, .js or .mjs.')
}

async function init(io: Io, options: InitOptions): Promise<void> {
  const path = resolve(io.cwd, options.config ?? DEFAULT_FILE)
  const isWritten = options.dryRun !== true
  if (isWritten && options.force !== true) {
    refuseExisting(options.config === undefined ? defaultFiles(io.cwd) : [path])
  }
  const project = await readProject(dirname(path))
  const ask = await askerFor(io, options)
  const survey = await surveyOf(project, options, ask)
  const proposal = await agreeOnProposal(survey, answersOf(options), ask)
  // Refuse now what the other commands would refuse later.
  resolveWanted(parseConfig(proposedConfig(proposal)), survey.snapshot)

  const text = renderConfig(proposal, { ...project, folder: options.migrations })
  const { color, columns } = errScreen(io)
  if (ask && isWritten) {
    // The frame around it takes six columns.
    const summary = renderProposal(proposal, { color, columns: columns && columns - 6 })
    await confirmProposal(summary, basename(path), ask)
  } else {
    io.err(renderProposal(proposal, { color, columns }))
  }
  if (isWritten) writeConfig(path, text)
  report(io, options, { file: relative(io.cwd, path), text, proposal })
}

/** Undefined without a terminal, and with `--yes` or `--json`. */
async function askerFor(
  { terminal }: Io,
  { yes, json }: InitOptions,
): Promise<Prompts | undefined> {
  if (terminal === undefined || yes || json) return undefined
  // Loaded here: the prompts are slow to load, and only this command needs them.
  const { askAt } = await import('../init/ask.ts')
  return askAt(terminal)
}

function report(
  io: Io,
  { json, dryRun }: InitOptions,
  { file, text, proposal }: { file: string; text: string; proposal: Proposal },
): void {
  if (json) io.out(renderJson({ file, config: proposedConfig(proposal), proposal }))
  else io.out(dryRun ? text : `${file}\n`)
  io.err(
    dryRun
      ? `Nothing was written; the file would be ${file}.\n`
      : 'Review it, then run `kysely-tenants migrate:rls`.\n',
  )
}

async function surveyOf(
  project: Project,
  { url: given, schema }: InitOptions,
  ask: Prompts | undefined,
): Promise<Survey> {
  const isUnknown = given === undefined && !project.connection && !project.problem
  const url = ask && isUnknown ? await ask.text('Which database?', PLACEHOLDER) : given
  return withClient(
    async () => connectionOrProblem(project),
    url,
    (client) => inReadOnlyTransaction(client, () => readSurvey(client, schema)),
  )
}

const PLACEHOLDER = 'postgres://owner:password@localhost:5432/database'

function answersOf(options: InitOptions) {
  return {
    column: options.tenantColumn,
    tenantsTable: options.tenantsTable,
    shared: options.shared,
    global: options.global,
    appRoles: options.appRole,
    adminRoles: options.adminRole,
  }
}
