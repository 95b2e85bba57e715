import { relative } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { MIGRATION_FORMATS, type MigrationFormat } from '../../config/migration-format.ts'
import { MIGRATION_PARTS, type MigrationPart } from '../../config/migration-part.ts'
import { FORMATS } from '../../migration/format.ts'
import type { Step } from '../../migration/step.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { loadConfig } from '../connect/load-config.ts'
import { EXIT, type Io } from '../io.ts'
import { migrationFiles } from '../migrate/migration-files.ts'
import { replaceMigrations } from '../migrate/migration-folder.ts'
import { nextStep, refuseFolderOfTool } from '../migrate/other-tool.ts'
import type { PhaseFiles } from '../migrate/phase-files.ts'
import { planRls, type RlsPlan } from '../migrate/plan-rls.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderAdvice } from '../render/advice.ts'
import { renderBlind } from '../render/blind-code.ts'
import { renderJson } from '../render/json.ts'
import { plural } from '../render/plural.ts'
import { renderRlsSummary } from '../render/rls-summary.ts'

interface RlsOptions extends CommonOptions {
  readonly dryRun?: boolean
  readonly check?: boolean
  readonly format?: MigrationFormat
  readonly name: string
  readonly with: readonly MigrationPart[]
  readonly takeOver: readonly string[]
  readonly observe?: boolean
  readonly replacePending?: boolean
  readonly summary?: boolean
}

const HELP = `
Compares the config with the database and writes only what differs; the database is not changed.
Prints the paths of the files it wrote.

Examples:
  kysely-tenants migrate:rls
  kysely-tenants migrate:rls --dry-run
  kysely-tenants migrate:rls --format knex
  kysely-tenants migrate:rls --check   # in CI: exits 1 when the database is not as the config wants it
  kysely-tenants migrate:rls --with foreign-keys,grants
  kysely-tenants migrate:rls --take-over 'read_all on public.projects'
  kysely-tenants migrate:rls --observe
  kysely-tenants migrate:rls --summary > review.md
  kysely-tenants migrate:rls --json | jq '.phases[].steps[].up'`

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
      new Option(
        '--format <format>',
        'format of the files, instead of `migrations.format`',
      ).choices(MIGRATION_FORMATS),
    )
    .addOption(
      new Option('--name <name>', 'second part of the file names')
        .default('tenants')
        .argParser(parseName),
    )
    .addOption(
      new Option(
        '--with <parts>',
        `plan these too, beside those of the config: ${MIGRATION_PARTS.join(', ')}`,
      )
        .default([], 'none')
        .argParser(parseParts),
    )
    .addOption(
      new Option(
        '--take-over <policy>',
        'also change this policy, which the tool did not create; repeatable',
      )
        .default([], 'none')
        .argParser((policy, before: readonly string[]) => [...before, policy]),
    )
    .addOption(
      new Option(
        '--observe',
        'do not enforce on new tables yet: log the statements without a tenant',
      ),
    )
    .addOption(
      new Option(
        '--replace-pending',
        'write the files anew that were written and never run',
      ).conflicts(['check', 'dryRun']),
    )
    .addOption(
      new Option(
        '--summary',
        'print the review as markdown for a pull request, and write nothing',
      ).conflicts(['check', 'dryRun', 'json', 'replacePending']),
    )
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (options: RlsOptions) => exit(await writePlan(io, options)))
}

/** @returns the exit code */
async function writePlan(io: Io, options: RlsOptions): Promise<number> {
  const loaded = await loadConfig(io.cwd, options.config)
  const { migrations } = loaded.config
  const parts = [...new Set([...migrations.with, ...options.with])]
  const format = options.format ?? migrations.format
  const folder = await loaded.migrationFolder(format)
  refuseFolderOfTool(folder, format)
  const planned = await planRls(loaded, {
    folder,
    parts,
    takenOver: options.takeOver,
    observes: options.observe ?? false,
    url: options.url,
  })
  if (options.summary) {
    const pending = planned.pending.map((path) => relative(io.cwd, path))
    io.out(renderRlsSummary({ ...planned, pending }, parts))
    return EXIT.clean
  }
  const replaced = options.replacePending ? planned.pending : []
  const isWritten = !options.dryRun && !options.check
  if (isWritten && planned.pending.length > replaced.length) {
    reportPending(io, planned, options)
    return EXIT.findings
  }
  const target = { folder, format, name: options.name, without: replaced }
  const written = migrationFiles(planned.phases, target)
  const files = written.flatMap((phase) => phase.files)
  if (isWritten && files.length > 0) replaceMigrations(folder, files, replaced)
  report(io, { ...options, format }, written, planned)
  if (!options.json) {
    io.err(renderBlind(planned.blind, io.errColumns))
    io.err(renderAdvice(planned.advice, parts, io.errColumns))
  }
  return options.check && files.length > 0 ? EXIT.findings : EXIT.clean
}

function parseName(name: string): string {
  if (/^[\p{L}\p{N}_-]+$/u.test(name)) return name
  throw new InvalidArgumentError('A name has letters, digits, "_" and "-".')
}

function parseParts(text: string, before: readonly MigrationPart[]): MigrationPart[] {
  const names = text.split(',').map((name) => name.trim())
  const parts = MIGRATION_PARTS.filter((part) => names.includes(part))
  const unknown = names.filter((name) => !parts.some((part) => part === name))
  if (unknown.length === 0) return [...before, ...parts]
  throw new InvalidArgumentError(`There are ${MIGRATION_PARTS.join(', ')}.`)
}

function report(
  io: Io,
  { json, dryRun, check, format }: RlsOptions & { readonly format: MigrationFormat },
  written: readonly PhaseFiles[],
  { advice, blind, pending }: RlsPlan,
): void {
  const pathOf = (path: string) => relative(io.cwd, path)
  const files = written.flatMap((phase) => phase.files)
  if (json) {
    const phases = written.map(({ phase, files: [file, downFile] }) => ({
      name: phase.name,
      steps: phase.steps.map(plainStep),
      ...(phase.isObserving && { isObserving: true }),
      file: file && pathOf(file.path),
      ...(downFile && { downFile: pathOf(downFile.path) }),
    }))
    io.out(
      renderJson({
        phases,
        advice: advice.map(({ part, table, problem, obstacle }) => {
          return { part, table, problem, ...(obstacle !== undefined && { obstacle }) }
        }),
        ...(blind.length > 0 && { blind }),
        ...(pending.length > 0 && { pending: pending.map(pathOf) }),
      }),
    )
  } else if (dryRun) {
    const [{ syntax }] = FORMATS[format].files
    const sign = syntax.comment
    io.out(files.map(({ path, text }) => `${sign} ${pathOf(path)}\n${text}`).join('\n'))
  } else if (check) {
    io.out(written.flatMap(({ phase }) => phase.steps.map(sentence)).join(''))
  } else {
    io.out(files.map(({ path }) => `${pathOf(path)}\n`).join(''))
  }

  if (files.length === 0) {
    io.err('Nothing to do: the database is as the config wants it.\n')
  } else if (dryRun || check) {
    io.err(`${plural(files.length, 'file')} to write; nothing was written.\n`)
    if (pending.length > 0) io.err(pendingText(pending.map(pathOf)))
  } else {
    io.err(`${nextStep(format)}\n`)
  }
}

/** The steps are planned all the same, and not written. */
function reportPending(io: Io, { phases, pending }: RlsPlan, { json }: RlsOptions): void {
  const paths = pending.map((path) => relative(io.cwd, path))
  if (json) {
    const plain = phases.map((phase) => ({ ...phase, steps: phase.steps.map(plainStep) }))
    io.out(renderJson({ phases: plain, advice: [], pending: paths }))
  }
  io.err(pendingText(paths))
  io.err('Nothing was written: new files would repeat their steps.\n')
  io.err('Run them first, or write them anew with `--replace-pending`.\n')
}

/** Without the fields that only files are written from. */
function plainStep({ inTransaction, isCleanUp, outcome, ...step }: Step): Step {
  return step
}

function pendingText(paths: readonly string[]): string {
  const lines = paths.map((path) => `  ${path}\n`)
  return `${plural(paths.length, 'file')} written before, and not yet run:\n${lines.join('')}`
}

function sentence({ table, why }: Step): string {
  return `${qualifiedName(table)}: ${why}\n`
}
