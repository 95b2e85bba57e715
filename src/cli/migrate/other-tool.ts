import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationFormat } from '../../config/migration-format.ts'
import { migrationOtherTool } from '../../errors/command/migration.ts'
import { detectTool } from './detect-tool.ts'
import { filesOf } from './migration-folder.ts'
import { type MigrationCommand, TOOLS, type Tool } from './tools.ts'

/** The next step after files of this format have been written. */
export function nextStep(format: MigrationFormat): string {
  return TOOLS[format]?.next ?? 'Review them, then run `kysely-tenants migrate:latest`.'
}

/**
 * Refuses to write files into the folder of a tool that would not run them, or would run them by other rules.
 *
 * @throws `MIGRATION.OTHER_TOOL`
 */
export function refuseFolderOfTool(folder: string, format: MigrationFormat): void {
  const found = detectTool(folder)
  if (!found || found.format === format) return
  const tool = TOOLS[found.format]?.name ?? found.format
  throw migrationOtherTool(
    `${folder} holds migrations of ${tool} (${found.sign}), which does not run files of the format ${format}; nothing was written.`,
    `Pass \`--format ${found.format}\`, or set \`migrations: { format: '${found.format}' }\` in the config; other files need a folder of their own.`,
  )
}

/**
 * Refuses migrations of another tool, named by the config or by the first line of a file: Kysely's Migrator
 * can neither run nor record them.
 *
 * @throws `MIGRATION.OTHER_TOOL`
 */
export function refuseOtherTool(
  { format, folder }: { readonly format: MigrationFormat; readonly folder: string },
  command: MigrationCommand,
): void {
  const tool = TOOLS[format]
  if (tool) {
    const what = `The migrations of the config (migrations.format: '${format}') are`
    throw writtenFor(what, tool, tool[command])
  }
  refuseOtherFiles(folder, command)
}

// A `.ts` file for Knex has an `up` too, which would fail half-way.
function refuseOtherFiles(folder: string, command: MigrationCommand): void {
  if (!existsSync(folder)) return
  for (const file of filesOf(folder).toSorted()) {
    if (!/\.(?:[cm]?[jt]s|sql)$/.test(file)) continue
    const [, format = ''] = WRITTEN.exec(readFileSync(join(folder, file), 'utf8')) ?? []
    const tool = TOOLS[format]
    if (!tool) continue
    const next = `${tool[command]} What is for Kysely needs a folder of its own.`
    throw writtenFor(`${join(folder, file)} is`, tool, next)
  }
}

function writtenFor(what: string, { name }: Tool, hint: string): Error {
  const problem = `${what} written for ${name}, not for Kysely; nothing was done.`
  return migrationOtherTool(problem, hint)
}

const WRITTEN = /^(?:\/\/|--) Written by `kysely-tenants migrate:rls --format ([a-z-]+)`/
