import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { configFileExists, configNotWritable } from '../../errors/command/config.ts'
import { suppress } from '../../errors/tenancy-error.ts'

/** @throws `CONFIG.FILE_EXISTS` */
export function refuseExisting(paths: readonly string[]): void {
  const taken = paths.find((path) => existsSync(path))
  if (taken !== undefined) throw configFileExists(taken)
}

/**
 * Replaces the file in one step: the old content stays until the new one is complete.
 *
 * @throws `CONFIG.NOT_WRITABLE`
 */
export function writeConfig(path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    writeFileSync(temporary, text, { flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch (cleanUp) {
      suppress(error, cleanUp)
    }
    throw configNotWritable(path, error)
  }
}
