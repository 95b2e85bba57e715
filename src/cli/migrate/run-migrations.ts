import type pg from 'pg'
import { withClient } from '../connect/connect.ts'
import { loadConfig } from '../connect/load-config.ts'
import type { Io } from '../io.ts'
import type { CommonOptions } from '../options.ts'
import { keepResult } from '../partial-result.ts'
import { renderJson } from '../render/json.ts'
import { paint } from '../render/paint.ts'
import { talk } from '../render/talk.ts'
import { refuseOtherTool } from './other-tool.ts'
import type { MigrationListener, MigrationStatus } from './run-each-migration.ts'
import type { MigrationCommand } from './tools.ts'
import { watchStatement } from './watch-statement.ts'

type Run = (client: pg.Client, folder: string, listener: MigrationListener) => Promise<void>

interface RunOptions extends CommonOptions {
  readonly command: Exclude<MigrationCommand, 'migrate:list'>
}

/**
 * Runs migrations with everything around it: the connection, a line for each as soon as it is done, and
 * lines about statements that take long. With `json` it prints one list at the end, also when the run fails.
 *
 * @returns how many migrations there were to run
 */
export async function runMigrations(
  io: Io,
  { command, ...options }: RunOptions,
  run: Run,
): Promise<number> {
  const loaded = await loadConfig(io.cwd, options.config)
  const { config, connection, migrationFolder } = loaded
  const folder = await migrationFolder()
  refuseOtherTool({ ...config.migrations, folder }, command)
  const say = talk(io)
  const migrations: { name: string; status: MigrationStatus }[] = []
  const done = (name: string, status: MigrationStatus) => {
    migrations.push({ name, status })
    if (!options.json) io.out(line(name, status, io))
  }
  const connect = (body: (client: pg.Client) => Promise<void>) =>
    withClient(connection, options.url, body)

  try {
    await connect((client) =>
      watchStatement(client, { connect, say }, () => run(client, folder, { done, say })),
    )
  } catch (error) {
    keepResult(error, { migrations })
    throw error
  }
  if (options.json) io.out(renderJson({ migrations }))
  return migrations.length
}

function line(name: string, status: MigrationStatus, { color }: Io): string {
  const c = paint(color)
  const good = c.green('✔')
  const left = c.dim('·')
  const marks = { executed: good, undone: good, failed: c.red('✖'), pending: left, kept: left }
  return `${marks[status]} ${name}  ${c.dim(status)}\n`
}
