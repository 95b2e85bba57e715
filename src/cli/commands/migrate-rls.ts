import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { inReadOnlyTransaction } from '../../catalog/read-only.ts'
import { readSnapshot } from '../../catalog/read-snapshot.ts'
import type { Config } from '../../config.ts'
import { migrationNames } from '../../migration/file-name.ts'
import { plan } from '../../migration/plan.ts'
import { renderMigration } from '../../migration/render.ts'
import { hasTransaction, type Phase, type Step } from '../../migration/step.ts'
import { qualifiedName } from '../../policy/quote.ts'
import { wantedState } from '../../wanted.ts'
import { withClient } from '../connect.ts'
import { EXIT, type Io } from '../io.ts'
import { loadConfig } from '../load-config.ts'
import { existingMigrations, type NewFile, writeMigrations } from '../migration-folder.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderJson } from '../render/json.ts'
import { plural } from '../render/plural.ts'

interface RlsOptions extends CommonOptions {
  readonly dryRun?: boolean
  readonly check?: boolean
  readonly name: string
}

const HELP = `
Compares the config with the database and writes only what differs; the database is not changed.
Prints the paths of the files it wrote.

Examples:
  kysely-tenants migrate:rls
  kysely-tenants migrate:rls --dry-run
  kysely-tenants migrate:rls --check   # in CI: exits 1 when the database is not as the config wants it
  kysely-tenants migrate:rls --json | jq '.phases[].steps[].up'`

// The same distance from `src/cli/commands` and from `dist/cli/commands`.
const TEMPLATES = new URL('../../../migrations-templates/', import.meta.url)

export function migrateRlsCommand(io: Io, exit: (code: number) => void): Command {
  return new Command('migrate:rls')
    .description('write the migrations that bring row security to what the config wants')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(new Option('--dry-run', 'print the files and write nothing'))
    .addOption(
      new Option('--check', 'write nothing, exit 1 when a migration is needed').conflicts('dryRun'),
    )
    .addOption(
      new Option('--name <name>', 'second part of the file names')
        .default('tenants')
        .argParser(parseName),
    )
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: RlsOptions) => {
      const { config, folder: base } = await loadConfig(io.cwd, options.config)
      const phases = await planFor(config, options.url)
      const folder = resolve(base, config.migrations.folder)
      const files = filesFor(phases, folder, options.name)

      const isWritten = !options.dryRun && !options.check
      if (isWritten && files.length > 0) writeMigrations(folder, files)
      report(io, options, phases, files)
      exit(options.check && files.length > 0 ? EXIT.findings : EXIT.clean)
    })
}

function parseName(name: string): string {
  if (/^[\p{L}\p{N}_-]+$/u.test(name)) return name
  throw new InvalidArgumentError('A name has letters, digits, "_" and "-".')
}

async function planFor(config: Config, url: string | undefined): Promise<Phase[]> {
  const { connection, schemas, tables, global, roles } = config
  const request = { schemas, tables, global, appRoles: roles.app, adminRoles: roles.admin }
  const snapshot = await withClient(connection, url, (client) =>
    inReadOnlyTransaction(client, () => readSnapshot(client, request)),
  )
  return plan(wantedState(config, snapshot), snapshot)
}

function filesFor(phases: readonly Phase[], folder: string, name: string): NewFile[] {
  const existing = existingMigrations(folder).map((file) => file.name)
  const stems = phases.map((phase, index) => `${name}_${index + 1}_${phase.name}`)
  const names = migrationNames(existing, stems, new Date())

  return phases.map((phase, index) => ({
    path: join(folder, `${names[index]}.ts`),
    text: renderMigration(templateFor(phase), phase),
  }))
}

function templateFor(phase: Phase): string {
  const file = hasTransaction(phase) ? 'migration.ts' : 'migration-without-transaction.ts'
  return readFileSync(new URL(file, TEMPLATES), 'utf8')
}

function report(
  io: Io,
  { json, dryRun, check }: RlsOptions,
  phases: readonly Phase[],
  files: readonly NewFile[],
): void {
  const paths = files.map(({ path }) => relative(io.cwd, path))
  if (json) {
    io.out(renderJson({ phases: phases.map((phase, i) => ({ ...phase, file: paths[i] })) }))
  } else if (dryRun) {
    io.out(files.map(({ text }, i) => `// ${paths[i]}\n${text}`).join('\n'))
  } else if (check) {
    io.out(phases.flatMap(({ steps }) => steps.map(sentence)).join(''))
  } else {
    io.out(paths.map((path) => `${path}\n`).join(''))
  }

  if (files.length === 0) {
    io.err('Nothing to do: the database is as the config wants it.\n')
  } else if (dryRun || check) {
    io.err(`${plural(files.length, 'file')} to write; nothing was written.\n`)
  } else {
    io.err('Review them, then run `kysely-tenants migrate:latest`.\n')
  }
}

function sentence({ table, why }: Step): string {
  return `${qualifiedName(table)}: ${why}\n`
}
