import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { loadConfig as readConfigFile } from 'c12'
import type { Config } from '../config.ts'
import { configNotFound, configUnreadable } from '../errors.ts'
import { parseConfig } from '../parse-config.ts'

export interface LoadedConfig {
  readonly config: Config
  /** Absolute. */
  readonly path: string
  /** Of the config file: relative paths in the config start here. */
  readonly folder: string
}

const EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'json'] as const

/**
 * Reads `file`, or the first `kysely-tenants.config.*` in `cwd`. A `.env` beside it is loaded first,
 * as kysely-ctl does; it never overrides a variable that the process has.
 *
 * @throws `CONFIG.NOT_FOUND`, `CONFIG.UNREADABLE` (it does not load, or has no default export),
 * `CONFIG.INVALID`
 */
export async function loadConfig(cwd: string, file?: string): Promise<LoadedConfig> {
  const path = file === undefined ? defaultFile(cwd) : resolve(cwd, file)
  if (!isFile(path)) throw configNotFound(path)

  const folder = dirname(path)
  return { config: parseConfig(await defaultExport(path, folder)), path, folder }
}

function defaultFile(cwd: string): string {
  const paths = EXTENSIONS.map((extension) => resolve(cwd, `kysely-tenants.config.${extension}`))
  return paths.find(isFile) ?? resolve(cwd, 'kysely-tenants.config.ts')
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

async function defaultExport(path: string, folder: string): Promise<unknown> {
  let exported: unknown
  try {
    // Only the file that was named, as it is written: no rc files, no `extends`, no layers per
    // environment, no merging. What is audited can be seen in it.
    const { config } = await readConfigFile({
      cwd: folder,
      configFile: path,
      dotenv: true,
      rcFile: false,
      globalRc: false,
      packageJson: false,
      extend: false,
      giget: false,
      envName: false,
      merger: (...sources) => sources.find((source) => source !== undefined) ?? {},
    })
    exported = config
  } catch (error) {
    throw configUnreadable(path, error)
  }
  if (isModule(exported)) throw configUnreadable(path, new Error('it has no default export.'))
  return exported
}

// Without a default export the loader hands out the module itself.
function isModule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return '__esModule' in value || Object.prototype.toString.call(value) === '[object Module]'
}
