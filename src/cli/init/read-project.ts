import { databaseUnreachable } from '../../errors/command/database.ts'
import { isTenancyError } from '../../errors/tenancy-error.ts'
import type { Surroundings } from '../../init/render-config.ts'
import { type Connection, connectionOf } from '../connect/connect.ts'
import { type KyselyConfig, loadKyselyConfig } from '../connect/kysely-config.ts'

/** The project before it has a config. */
export interface Project {
  /** The connection of `kysely.config`, else of DATABASE_URL; undefined when both are missing. */
  readonly connection: Connection | undefined
  /** The reason why `kysely.config` has no usable connection. */
  readonly problem: unknown
  readonly kyselyConfig: Surroundings['kyselyConfig']
}

/**
 * Reads the files beside the config that is to be written, and the environment.
 *
 * @throws `CONFIG.UNREADABLE` when there is a `kysely.config` that does not load
 */
export async function readProject(folder: string): Promise<Project> {
  const { setupDotenv } = await import('c12')
  await setupDotenv({ cwd: folder, fileName: '.env' })
  const url = process.env.DATABASE_URL
  const fallback = url === undefined || url === '' ? undefined : { to: url, file: undefined }

  const config = await loadKyselyConfig(folder)
  if (config === undefined) {
    return { connection: fallback, problem: undefined, kyselyConfig: undefined }
  }
  const { connection, problem } = await connectionIn(config)
  return {
    connection: connection ?? fallback,
    problem,
    kyselyConfig: {
      name: config.name,
      connects: connection !== undefined,
      folder: config.migrationFolder !== undefined,
    },
  }
}

async function connectionIn(
  config: KyselyConfig,
): Promise<{ connection?: Connection; problem?: unknown }> {
  try {
    return { connection: await connectionOf(config) }
  } catch (problem) {
    if (isTenancyError(problem)) return { problem }
    throw problem
  }
}

/** @throws `DATABASE.UNREACHABLE` */
export function connectionOrProblem({ connection, problem }: Project): Connection {
  if (connection) return connection
  throw (
    problem ??
    databaseUnreachable('The database', 'neither --url nor DATABASE_URL names one', 'named')
  )
}
