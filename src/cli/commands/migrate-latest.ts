import { resolve } from 'node:path'
import { Command } from 'commander'
import type { MigrationResult, MigrationResultSet } from 'kysely/migration'
import { migrationFailed, migrationNotStarted } from '../../errors.ts'
import { withClient } from '../connect.ts'
import { EXIT, type Io } from '../io.ts'
import { loadConfig } from '../load-config.ts'
import { migrateToLatest } from '../migrator.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderJson } from '../render/json.ts'
import { paint } from '../render/paint.ts'

const HELP = `
Runs the migrations of the folder with Kysely's Migrator and keeps Kysely's own record of them. Each
file runs in a transaction of its own. Needs the login that owns the tables, or a superuser.

Examples:
  kysely-tenants migrate:latest
  kysely-tenants migrate:latest --url "$OWNER_DATABASE_URL"`

export function migrateLatestCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('migrate:latest')
    .description('run the migrations that are pending')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: CommonOptions) => {
      const { config, folder } = await loadConfig(io.cwd, options.config)
      await withClient(config.connection, options.url, async (client) => {
        const outcome = await migrateToLatest(client, resolve(folder, config.migrations.folder))
        report(io, options, outcome.results ?? [])
        // Thrown in here, so that a lost connection is reported as one.
        throwFailure(outcome)
        if (outcome.results?.length === 0) io.err('Nothing to do: no migration is pending.\n')
      })
      exit(EXIT.clean)
    })
}

const STATUS = { Success: 'executed', Error: 'failed', NotExecuted: 'pending' } as const

function report(io: Io, { json }: CommonOptions, results: readonly MigrationResult[]): void {
  const c = paint(io.color)
  const marks = { Success: c.green('✔'), Error: c.red('✖'), NotExecuted: c.dim('·') }
  if (json) {
    const migrations = results.map(({ migrationName, status }) => ({
      name: migrationName,
      status: STATUS[status],
    }))
    io.out(renderJson({ migrations }))
  } else {
    for (const { migrationName, status } of results) {
      io.out(`${marks[status]} ${migrationName}  ${c.dim(STATUS[status])}\n`)
    }
  }
}

function throwFailure({ error, results }: MigrationResultSet): void {
  if (error === undefined) return
  const failed = results?.find(({ status }) => status === 'Error')
  if (failed) throw migrationFailed(failed.migrationName, error)
  throw migrationNotStarted(error instanceof Error ? error.message : String(error), error)
}
