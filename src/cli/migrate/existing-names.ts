import { existsSync, readdirSync } from 'node:fs'
import type { MigrationFormat } from '../../config/migration-format.ts'
import { readJournal } from './drizzle-journal.ts'
import { filesOf, readMigrationFolder } from './migration-folder.ts'

/**
 * The names of the migrations in a folder that is about to be written, which may not exist yet.
 *
 * @param without paths of files that are about to go
 */
export function existingNames(
  folder: string,
  format: MigrationFormat,
  without: readonly string[] = [],
): string[] {
  if (!existsSync(folder)) return []
  switch (format) {
    case 'sql':
      return named(folder, /^(.*?)(?:\.up|\.down)?\.sql$/)
    case 'prisma':
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    case 'drizzle':
      return readJournal(folder).entries.map(({ tag }) => tag)
    case 'dbmate':
    case 'supabase':
      return named(folder, /^(\d+_.*)\.sql$/)
    case 'flyway':
      return named(folder, /^V(.*)\.sql$/)
    case 'graphile-migrate':
      return named(folder, /^(\d{6}(?:-[-\w]*)?)\.sql$/)
    case 'node-pg-migrate':
      return named(folder, /^(.*)\.(?:[cm]?[jt]s|sql)$/)
    default:
      return readMigrationFolder(folder)
        .filter(({ path }) => !without.includes(path))
        .map(({ name }) => name)
  }
}

function named(folder: string, pattern: RegExp): string[] {
  return filesOf(folder).flatMap((file) => pattern.exec(file)?.[1] ?? [])
}
