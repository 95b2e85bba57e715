import { Command, Option } from 'commander'
import { audit } from '../../audit.ts'
import { isAtLeast, LEVELS, type Level } from '../../level.ts'
import { withClient } from '../connect.ts'
import { EXIT, type Io } from '../io.ts'
import { loadConfig } from '../load-config.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderAudit } from '../render/audit.ts'
import { renderJson } from '../render/json.ts'

interface AuditOptions extends CommonOptions {
  readonly format: 'human' | 'json'
  readonly failOn?: Level
}

const HELP = `
Reads the catalog in one read-only transaction and changes nothing.
Exits 1 when a finding is at least as bad as --fail-on.

Examples:
  kysely-tenants audit
  kysely-tenants audit --fail-on critical
  kysely-tenants audit --json | jq '.findings[].check'
  kysely-tenants explain rls-not-forced`

export function auditCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('audit')
    .description('report what lets one tenant reach another')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(
      new Option('-f, --format <format>', 'how to print the report')
        .choices(['human', 'json'])
        .default('human'),
    )
    .addOption(jsonOption().implies({ format: 'json' }))
    .addOption(
      new Option(
        '--fail-on <level>',
        'exit 1 from this level on (default: `audit.failOn` of the config, else high)',
      ).choices(LEVELS),
    )
    .addHelpText('after', HELP)
    .action(async (options: AuditOptions) => {
      const { config } = await loadConfig(io.cwd, options.config)
      const report = await withClient(config.connection, options.url, (client) =>
        audit(client, config),
      )
      const failOn = options.failOn ?? config.audit.failOn
      const fails = report.findings.some(({ level }) => isAtLeast(level, failOn))

      io.out(options.format === 'json' ? renderJson(report) : renderAudit(report, io.color))
      exit(fails ? EXIT.findings : EXIT.clean)
    })
}
