import { databaseUnreachable } from '../../errors/command/database.ts'
import { isTenancyError } from '../../errors/tenancy-error.ts'
import type { Surroundings } from '../../init/render-config.ts'
import { type Connection, connectionOf } from '../connect/connect.ts'
import { type KyselyConfig, loadKyselyConfig } from '../connect/kysely-config.ts'

/** What there is before there is a config. */
export interface Project {
  /** Of `kysely.config`, else DATABASE_URL; undefined: nobody names one. */
  readonly connection: Connection | undefined
  /** Why `kysely.config` does not say it. */
  readonly problem: unknown
  readonly kyselyConfig: Surroundings['kyselyConfig']
}

/**
 * Looks beside the config that is to be written.
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
    databaseUnreachable('The database', new Error('neither --url nor DATABASE_URL names one'))
  )
}
