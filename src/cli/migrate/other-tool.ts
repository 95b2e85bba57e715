import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationFormat } from '../../config/migration-format.ts'
import { migrationOtherTool } from '../../errors/command/migration.ts'
import { filesOf } from './migration-folder.ts'

export type MigrationCommand = 'migrate:latest' | 'migrate:up' | 'migrate:down' | 'migrate:list'

type Tool = Readonly<Record<MigrationCommand, string>> & {
  readonly name: string
  /** The sentence after `migrate:rls` has written files. */
  readonly next: string
}

const KNEX: Tool = {
  name: 'Knex',
  next: 'Review them, then run `npx knex migrate:latest`.',
  'migrate:latest': 'Run `npx knex migrate:latest`.',
  'migrate:up': 'Run `npx knex migrate:up`.',
  'migrate:down': 'Run `npx knex migrate:rollback`.',
  'migrate:list': 'Run `npx knex migrate:list`.',
}

const PSQL: Tool = {
  name: 'psql',
  next: 'Review them, then run `psql -v ON_ERROR_STOP=1 -f <file>` for each .up.sql, in this order.',
  'migrate:latest': 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for each .up.sql, in order.',
  'migrate:up': 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for the next .up.sql.',
  'migrate:down': 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for each .down.sql, the last one first.',
  'migrate:list':
    'psql keeps no record; `kysely-tenants migrate:rls --check` says whether a migration is missing.',
}

const TOOLS: Partial<Record<string, Tool>> = { knex: KNEX, 'knex-ts': KNEX, sql: PSQL }

/** The next step after files of this format have been written. */
export function nextStep(format: MigrationFormat): string {
  return TOOLS[format]?.next ?? 'Review them, then run `kysely-tenants migrate:latest`.'
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
    throw migrationOtherTool(what, tool.name, tool[command])
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
    throw migrationOtherTool(`${join(folder, file)} is`, tool.name, next)
  }
}

const WRITTEN = /^(?:\/\/|--) Written by `kysely-tenants migrate:rls --format ([a-z-]+)`/
