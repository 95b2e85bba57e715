import { relative, resolve, sep } from 'node:path'
import { Command, Option } from 'commander'
import { auditSnapshot, compareSnapshots, loadSnapshot } from '../../audit/audit.ts'
import { tablePolicies } from '../../audit/table-policies.ts'
import { isAtLeast, LEVELS, type Level } from '../../config/level.ts'
import { resolveWanted } from '../../wanted/resolve-wanted.ts'
import { applyBaseline, type BaselineOptions } from '../audit/apply-baseline.ts'
import { findSnapshot, type SnapshotSource } from '../audit/find-snapshot.ts'
import { type LoadedConfig, loadConfig } from '../connect/load-config.ts'
import { EXIT, type Io } from '../io.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { packageVersion } from '../package-version.ts'
import { AUDIT_FORMATS, type AuditFormat, renderAudit } from '../render/audit.ts'
import {
  COMPARISON_FORMATS,
  type ComparisonFormat,
  opens,
  renderComparison,
} from '../render/comparison.ts'

interface AuditOptions extends CommonOptions, BaselineOptions, SnapshotSource {
  readonly format: AuditFormat
  readonly failOn?: Level
  readonly against?: string
  readonly verbose?: boolean
  readonly allowUnjudged?: boolean
}

const HELP = `
Reads the catalog in one read-only transaction and changes nothing.
Exits 1 when a finding is at least as bad as --fail-on; with --against, when a change WIDENS what a role
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
        .choices(AUDIT_FORMATS)
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
      'also check a connection of the application (default: `audit.appConnection` of the config)',
    )
    .option(
      '--rows',
      'also count the rows that break a foreign key which PostgreSQL calls valid; reads all of them',
    )
    .option('--snapshot <file>', 'also save the snapshot of the catalog')
    .addOption(
      new Option(
        '--from <file>',
        'audit a file that --snapshot saved, without a database',
      ).conflicts(['snapshot', 'url', 'appUrl', 'rows']),
    )
    .addOption(
      new Option(
        '--against <file>',
        'report the changes since --snapshot saved this file',
      ).conflicts(['failOn', 'baseline', 'rows']),
    )
    .option('--baseline <file>', 'let the findings in this file pass; new ones fail')
    .option(
      '--update-baseline',
      'remove fixed findings from the baseline; create it when there is none',
    )
    .option('--allow-unjudged', 'do not exit 2 because of shards that were not read (Citus)')
    .option('--verbose', 'print a line of the matrix for every table')
    .addHelpText('after', HELP)
    .action(async (options: AuditOptions, command: Command) => {
      if (options.updateBaseline && options.baseline === undefined) {
        command.error("error: option '--update-baseline' needs '--baseline <file>'")
      }
      const { against } = options
      const format = COMPARISON_FORMATS.find((comparable) => comparable === options.format)
      if (against !== undefined && !format) {
        command.error(`error: --against is printed as ${COMPARISON_FORMATS.join(', ')}`)
      }
      const loaded = await loadConfig(io.cwd, options.config)
      if (against === undefined || !format) return exit(await report(loaded, options, io))
      const fails = await compare(loaded, { ...options, against, format }, io)
      exit(fails ? EXIT.findings : EXIT.clean)
    })
}

/** Prints the findings; the exit code says whether one is as bad as `--fail-on`. */
async function report(loaded: LoadedConfig, options: AuditOptions, io: Io): Promise<number> {
  const { config, path } = loaded
  const snapshot = await findSnapshot(loaded, options, io.cwd)
  const found = applyBaseline(options, io, (baseline) =>
    auditSnapshot(snapshot, config, baseline ? { baseline } : {}),
  )
  const page = await renderAudit(found, options.format, {
    color: io.color,
    columns: io.columns,
    verbose: options.verbose ?? false,
    version: packageVersion(),
    ...(snapshot.takenAt !== undefined && { takenAt: snapshot.takenAt }),
    configFile: relative(io.cwd, path).split(sep).join('/'),
    policies: () =>
      tablePolicies(resolveWanted(config, snapshot, { allowMistyped: true }), snapshot),
  })
  io.out(page)
  const failOn = options.failOn ?? config.audit.failOn
  if (found.findings.some(({ level }) => isAtLeast(level, failOn))) return EXIT.findings
  const isUnjudged = found.notLookedAt.some(({ what }) => what === 'shards')
  return isUnjudged && !options.allowUnjudged ? EXIT.trouble : EXIT.clean
}

interface ComparisonOptions extends SnapshotSource {
  readonly against: string
  readonly format: ComparisonFormat
}

/** Prints the changes; true when a role can see or write more than before. */
async function compare(
  loaded: LoadedConfig,
  { against, format, ...source }: ComparisonOptions,
  io: Io,
): Promise<boolean> {
  const { config } = loaded
  // Read first: a file that cannot be read must cost no query, and must not be overwritten.
  const before = loadSnapshot(resolve(io.cwd, against), config)
  const after = await findSnapshot(loaded, source, io.cwd)
  const changes = compareSnapshots(before, after, config)
  const comparison = { database: after.database, against, changes }
  io.out(renderComparison(comparison, format, io))
  return opens(changes)
}
