import { relative, resolve, sep } from 'node:path'
import { Command, Option } from 'commander'
import {
  type AuditReport,
  auditSnapshot,
  compareSnapshots,
  loadSnapshot,
  type Snapshot,
  type SnapshotOptions,
  saveSnapshot,
  takeSnapshot,
} from '../../audit.ts'
import type { Config } from '../../config.ts'
import { isAtLeast, LEVELS, type Level } from '../../level.ts'
import { auditedState } from '../../wanted/wanted-state.ts'
import { withClient } from '../connect.ts'
import { EXIT, type Io } from '../io.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { packageVersion } from '../package-version.ts'
import { type RatchetOptions, ratchet } from '../ratchet.ts'
import { renderAuditGithub } from '../render/audit-github.ts'
import { renderAuditHtml } from '../render/audit-html.ts'
import { renderAuditHuman } from '../render/audit-human.ts'
import { renderAuditMarkdown } from '../render/audit-markdown.ts'
import { renderAuditSarif } from '../render/audit-sarif.ts'
import type { AuditSource } from '../render/audit-source.ts'
import {
  COMPARISON_FORMATS,
  type Comparison,
  opens,
  renderComparison,
} from '../render/comparison.ts'
import { renderJson } from '../render/json.ts'
import { type TablePolicies, tablePolicies } from '../table-policies.ts'

const FORMATS = ['human', 'json', 'sarif', 'github', 'markdown', 'html'] as const

type Format = (typeof FORMATS)[number]

interface AuditOptions extends CommonOptions, RatchetOptions {
  readonly format: Format
  readonly failOn?: Level
  readonly snapshot?: string
  readonly from?: string
  readonly appUrl?: string
  readonly rows?: boolean
  readonly against?: string
  readonly verbose?: boolean
}

const HELP = `
Reads the catalog in one read-only transaction and changes nothing.
Exits 1 when a finding is at least as bad as --fail-on; with --against, when a change WIDENS what somebody
can see or write, or is UNKNOWN.

Examples:
  kysely-tenants audit
  kysely-tenants audit --fail-on critical
  kysely-tenants audit --format github
  kysely-tenants audit --format sarif > kysely-tenants.sarif
  kysely-tenants audit --format html > audit.html
  kysely-tenants audit --app-url "$APP_DATABASE_URL"
  kysely-tenants audit --rows
  kysely-tenants audit --snapshot production.json
  kysely-tenants audit --from production.json
  kysely-tenants audit --baseline known.json --update-baseline
  kysely-tenants audit --against production.json
  kysely-tenants audit --json | jq '.findings[].check'
  kysely-tenants explain rls-not-forced`

export function auditCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('audit')
    .description('report what lets one tenant reach another')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(
      new Option('-f, --format <format>', 'how to print the report')
        .choices(FORMATS)
        .default('human'),
    )
    .addOption(jsonOption().implies({ format: 'json' }))
    .addOption(
      new Option(
        '--fail-on <level>',
        'exit 1 from this level on (default: `audit.failOn` of the config, else high)',
      ).choices(LEVELS),
    )
    .option(
      '--app-url <url>',
      'also ask on a connection of the application (default: `audit.appConnection` of the config)',
    )
    .option(
      '--rows',
      'also count the rows that break a foreign key which PostgreSQL calls valid; reads all of them',
    )
    .option('--snapshot <file>', 'also save what was read')
    .addOption(
      new Option('--from <file>', 'audit what --snapshot saved, without a database').conflicts([
        'snapshot',
        'url',
        'appUrl',
        'rows',
      ]),
    )
    .addOption(
      new Option('--against <file>', 'report what changed since --snapshot saved it').conflicts([
        'failOn',
        'baseline',
        'rows',
      ]),
    )
    .option('--baseline <file>', 'let the findings in this file pass; new ones fail')
    .option('--update-baseline', 'take out of it what is fixed; write it where there is none')
    .option('--verbose', 'a line of the matrix for every table')
    .addHelpText('after', HELP)
    .action(async (options: AuditOptions, command: Command) => {
      if (options.updateBaseline && options.baseline === undefined) {
        command.error("error: option '--update-baseline' needs '--baseline <file>'")
      }
      const comparable = COMPARISON_FORMATS.find((format) => format === options.format)
      if (options.against !== undefined && !comparable) {
        command.error(`error: --against is printed as ${COMPARISON_FORMATS.join(', ')}`)
      }
      const loaded = await loadConfig(io.cwd, options.config)
      const { config, path } = loaded
      if (options.against !== undefined && comparable) {
        const comparison = await compare(loaded, options.against, { ...options, cwd: io.cwd })
        io.out(renderComparison(comparison, comparable, io.color))
        return exit(opens(comparison.changes) ? EXIT.findings : EXIT.clean)
      }
      const snapshot = await snapshotFor(loaded, options, io.cwd)
      const report = ratchet(options, io, (baseline) =>
        auditSnapshot(snapshot, config, baseline ? { baseline } : {}),
      )
      const failOn = options.failOn ?? config.audit.failOn
      const fails = report.findings.some(({ level }) => isAtLeast(level, failOn))

      const configFile = relative(io.cwd, path).split(sep).join('/')
      const source = { configFile, version: packageVersion() }
      const policies = () => tablePolicies(auditedState(config, snapshot), snapshot)
      io.out(render(report, options, { ...source, color: io.color, policies }))
      exit(fails ? EXIT.findings : EXIT.clean)
    })
}

async function snapshotFor(
  { config, connection }: LoadedConfig,
  { url, appUrl, rows = false, snapshot: to, from }: AuditOptions,
  cwd: string,
): Promise<Snapshot> {
  if (from !== undefined) return loadSnapshot(resolve(cwd, from), config)

  const snapshot = await withClient(connection, url, (client) =>
    withAppClient(config, appUrl, (app) => takeSnapshot(client, config, { ...app, rows })),
  )
  if (to !== undefined) saveSnapshot(resolve(cwd, to), config, snapshot)
  return snapshot
}

async function compare(
  loaded: LoadedConfig,
  against: string,
  { cwd, ...options }: AuditOptions & { readonly cwd: string },
): Promise<Comparison> {
  // What cannot be read must not cost a look at the database, nor overwrite itself.
  const { config } = loaded
  const before = loadSnapshot(resolve(cwd, against), config)
  const after = await snapshotFor(loaded, options, cwd)
  const changes = compareSnapshots(before, after, config)
  return { database: after.database, against, changes }
}

function withAppClient<T>(
  { audit: { appConnection } }: Config,
  url: string | undefined,
  body: (app: SnapshotOptions) => Promise<T>,
): Promise<T> {
  if (url === undefined && appConnection === undefined) return body({})
  return withClient(appConnection, url, (app) => body({ app }))
}

interface Surroundings extends AuditSource {
  readonly color: boolean
  /** Read only by the format that shows them. */
  readonly policies: () => TablePolicies[]
}

function render(
  report: AuditReport,
  { format, verbose = false }: AuditOptions,
  { color, policies, ...source }: Surroundings,
): string {
  switch (format) {
    case 'human':
      return renderAuditHuman(report, { color, verbose })
    case 'json':
      return renderJson(report)
    case 'sarif':
      return renderAuditSarif(report, source)
    case 'github':
      return renderAuditGithub(report, source)
    case 'markdown':
      return renderAuditMarkdown(report, { verbose })
    case 'html':
      return renderAuditHtml(report, { ...source, policies: policies() })
  }
}
