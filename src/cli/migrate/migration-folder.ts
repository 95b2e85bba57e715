import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  migrationFileExists,
  migrationFolderNotReadable,
  migrationFolderNotWritable,
} from '../../errors/command/migration.ts'
import { isTenancyError, suppress } from '../../errors/tenancy-error.ts'

export interface MigrationFile {
  /** Without extension, as Kysely records it. */
  readonly name: string
  readonly path: string
}

const MIGRATION = /^(?<name>.+)\.[cm]?[jt]s$/
const DECLARATION = /\.d\.[cm]?ts$/

/**
 * The migrations of a folder in the order Kysely runs them.
 *
 * @throws `MIGRATION.FOLDER_NOT_READABLE`, also when the folder does not exist
 */
export function readMigrationFolder(folder: string): MigrationFile[] {
  return filesOf(folder)
    .flatMap((file) => {
      const name = DECLARATION.test(file) ? undefined : MIGRATION.exec(file)?.groups?.name
      return name === undefined ? [] : [{ name, path: join(folder, file) }]
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** @throws `MIGRATION.FOLDER_NOT_READABLE` */
export function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw migrationFolderNotReadable(folder, error)
  }
}

export interface NewFile {
  readonly path: string
  readonly text: string
  /** Takes the place of a file that is there; such a file is the last one. */
  readonly isReplacement?: true
}

/**
 * Writes all files or none, and creates the folder when it is missing. A file that another program
 * reads meanwhile is never half there.
 *
 * @throws `MIGRATION.FILE_EXISTS`, `MIGRATION.FOLDER_NOT_WRITABLE`
 */
export function writeMigrations(folder: string, files: readonly NewFile[]): void {
  const taken = files.find(({ path, isReplacement }) => !isReplacement && existsSync(path))
  if (taken) throw migrationFileExists(taken.path)

  // Kysely skips a file with this extension.
  const moves = files.map((file) => ({ ...file, temporary: `${file.path}.${randomUUID()}.tmp` }))
  const leftOvers: string[] = []
  try {
    for (const parent of new Set([folder, ...files.map(({ path }) => dirname(path))])) {
      const created = mkdirSync(parent, { recursive: true })
      if (created) leftOvers.push(created)
    }
    for (const { temporary, text } of moves) {
      leftOvers.push(temporary)
      writeFileSync(temporary, text, { flag: 'wx' })
    }
    for (const { temporary, path, isReplacement } of moves) {
      renameSync(temporary, path)
      if (!isReplacement) leftOvers.push(path)
    }
  } catch (error) {
    remove(leftOvers, error)
    throw migrationFolderNotWritable(folder, error)
  }
}

/**
 * Writes all files in the place of others. When it fails, the others are there as before.
 *
 * @throws as {@link writeMigrations}
 */
export function replaceMigrations(
  folder: string,
  files: readonly NewFile[],
  replaced: readonly string[],
): void {
  const moves = replaced.map((path) => ({ path, temporary: `${path}.${randomUUID()}.tmp` }))
  const moved: typeof moves = []
  try {
    for (const move of moves) {
      renameSync(move.path, move.temporary)
      moved.push(move)
    }
    writeMigrations(folder, files)
  } catch (error) {
    putBack(moved, error)
    throw isTenancyError(error) ? error : migrationFolderNotWritable(folder, error)
  }
  for (const { temporary } of moved) rmSync(temporary, { force: true })
}

function putBack(
  moved: readonly { readonly path: string; readonly temporary: string }[],
  first: unknown,
): void {
  try {
    for (const { path, temporary } of moved) renameSync(temporary, path)
  } catch (cleanUp) {
    suppress(first, cleanUp)
  }
}

function remove(paths: readonly string[], first: unknown): void {
  try {
    for (const path of paths) rmSync(path, { recursive: true, force: true })
  } catch (cleanUp) {
    suppress(first, cleanUp)
  }
}
