import { statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import type { MigrationFormat } from '../../config/migration-format.ts'
import { parseConfig } from '../../config/parse-config.ts'
import { configNotFound, configUnreadable } from '../../errors/command/config.ts'
import { FORMATS } from '../../migration/format.ts'
import { isOtherFormat } from '../../migration/other-formats.ts'
import { type Connection, connectionOf } from './connect.ts'
import { type KyselyConfig, loadKyselyConfig } from './kysely-config.ts'

export interface LoadedConfig {
  readonly config: Config
  /** Absolute. */
  readonly path: string
  /** The folder of the config file, where relative paths in the config start. */
  readonly folder: string
  /** The connection of our config, else of a `kysely.config` beside it, which is loaded when needed. */
  readonly connection: () => Promise<Connection>
  /** The folder of the migrations, found in the same way. Absolute. */
  readonly migrationFolder: (format?: MigrationFormat) => Promise<string>
}

export const DEFAULT_FILE = 'kysely-tenants.config.ts'

const EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'json'] as const

/**
 * Reads `file`, or the first `kysely-tenants.config.*` in `cwd` or the nearest folder above it. A `.env` beside it is loaded first,
 * as kysely-ctl does; it never overrides a variable that the process has.
 *
 * @throws `CONFIG.NOT_FOUND`, `CONFIG.UNREADABLE` (it does not load, or has no default export),
 * `CONFIG.INVALID`
 */
export async function loadConfig(cwd: string, file?: string): Promise<LoadedConfig> {
  const path = file === undefined ? findConfig(cwd) : resolve(cwd, file)
  if (path === undefined)
    throw configNotFound(resolve(cwd, DEFAULT_FILE), 'or in a folder above it')
  if (!isFile(path)) throw configNotFound(path)

  const folder = dirname(path)
  const config = parseConfig(await defaultExport(path, folder))
  let loading: Promise<KyselyConfig | undefined> | undefined
  const beside = () => {
    loading ??= loadKyselyConfig(folder)
    return loading
  }
  return {
    config,
    path,
    folder,
    connection: async () =>
      config.connection === undefined
        ? connectionOf(await beside())
        : { to: config.connection, file: undefined },
    migrationFolder: async (format = config.migrations.format) => {
      const named = config.migrations.folder
      if (named !== undefined) return ownFolder(resolve(folder, named), format)
      // That of kysely.config is for Kysely.
      const kysely = isOtherFormat(format) ? undefined : (await beside())?.migrationFolder
      return kysely ?? resolve(folder, FORMATS[format].folder)
    },
  }
}

/** graphile-migrate runs a folder in the folder that its users name. */
function ownFolder(folder: string, format: MigrationFormat): string {
  const isParent = format === 'graphile-migrate' && basename(folder) !== 'committed'
  return isParent ? join(folder, 'committed') : folder
}

function findConfig(folder: string): string | undefined {
  const path = defaultFiles(folder).find(isFile)
  const above = dirname(folder)
  return path ?? (above === folder ? undefined : findConfig(above))
}

/** The names of a config in this folder, in the order in which they are looked for. */
export function defaultFiles(folder: string): string[] {
  return EXTENSIONS.map((extension) => resolve(folder, `kysely-tenants.config.${extension}`))
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

async function defaultExport(path: string, folder: string): Promise<unknown> {
  const { loadConfig: readConfigFile } = await import('c12')
  let exported: unknown
  try {
    // Reads the named file alone: no rc files, no `extends`, no layers per environment, no merging. So the
    // file shows everything that the audit judges by.
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
