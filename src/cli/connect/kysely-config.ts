import { statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { configUnreadable } from '../../errors/command/config.ts'

/** The config of kysely-ctl. */
export interface KyselyConfig {
  /** The name in messages: `kysely.config.ts`. */
  readonly name: string
  /** The export of the file, not validated. */
  readonly exported: object
  /** Absolute. Undefined when the config has a migrator or a provider of its own. */
  readonly migrationFolder: string | undefined
}

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']

/** The file that kysely-ctl would take in this folder. */
export function findKyselyConfig(folder: string): string | undefined {
  return EXTENSIONS.flatMap((extension) => [
    resolve(folder, `.config/kysely.config.${extension}`),
    resolve(folder, `kysely.config.${extension}`),
  ]).find((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
}

/**
 * Loads `kysely.config.*` as kysely-ctl does, with its `extends` and its layers per environment.
 * https://github.com/kysely-org/kysely-ctl#configuration
 *
 * @throws `CONFIG.UNREADABLE`
 */
export async function loadKyselyConfig(folder: string): Promise<KyselyConfig | undefined> {
  const path = findKyselyConfig(folder)
  if (path === undefined) return undefined
  const { loadConfig } = await import('c12')
  try {
    const { config } = await loadConfig({
      name: 'kysely',
      cwd: dirname(path),
      dotenv: { cwd: folder, fileName: '.env' },
      rcFile: false,
      globalRc: false,
      packageJson: false,
    })
    return {
      name: relative(folder, path),
      exported: config,
      migrationFolder: migrationFolder(config.migrations, folder, path),
    }
  } catch (error) {
    throw configUnreadable(path, error)
  }
}

function migrationFolder(migrations: unknown, folder: string, path: string): string | undefined {
  const usual = resolve(folder, 'migrations')
  if (typeof migrations !== 'object' || migrations === null) return usual
  if (['migrator', 'provider'].some((key) => key in migrations)) return undefined
  const named = 'migrationFolder' in migrations ? migrations.migrationFolder : undefined
  return typeof named === 'string' && named !== '' ? resolve(dirname(path), named) : usual
}
