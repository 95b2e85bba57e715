import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type pg from 'pg'
import { withClient } from './postgres.ts'
import { giveToServer, type PostgresServer, startPostgresServer } from './postgres-server.ts'

/**
 * A hot standby: a copy of the server as it is now, which stays in recovery and follows no server.
 *
 * @param primary URL of a superuser, on a server whose files this process can read
 */
export function startStandby(primary: string): Promise<PostgresServer> {
  return startPostgresServer(({ data }) =>
    withClient(primary, async (client) => {
      await backUp(client, data)
      writeFileSync(join(data, 'standby.signal'), '')
      giveToServer(data)
      return value(client, `select setting as value from pg_config where name = 'BINDIR'`)
    }),
  )
}

// Files that belong to the running server alone, or can be gone before they are copied.
const LEFT_OUT =
  /^postmaster\.|\/pgsql_tmp|\/pg_internal\.init|^pg_(dynshmem|notify|replslot|serial|snapshots|stat_tmp|subtrans|wal)\//

// https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
async function backUp(client: pg.Client, data: string): Promise<void> {
  const source = await value(client, `select current_setting('data_directory') as value`)
  const version = await value(client, `select current_setting('server_version_num') as value`)
  const [start, stop] =
    Number(version) >= 150_000
      ? [`pg_backup_start('standby', fast => true)`, 'pg_backup_stop()']
      : [`pg_start_backup('standby', fast => true, exclusive => false)`, 'pg_stop_backup(false)']

  await client.query(`select ${start}`)
  // PostgreSQL takes a folder only when no other user may look into it.
  mkdirSync(data, { mode: 0o700 })
  cpSync(source, data, {
    recursive: true,
    filter: (path) => !LEFT_OUT.test(relative(source, path)),
  })
  const label = await value(client, `select labelfile as value from ${stop}`)
  writeFileSync(join(data, 'backup_label'), label)
  // The log that makes one state of all the files is whole only now. A segment that is written
  // ahead gets its name when it is done.
  cpSync(join(source, 'pg_wal'), join(data, 'pg_wal'), {
    recursive: true,
    filter: (path) => !path.includes('xlogtemp'),
  })
}

async function value(client: pg.Client, query: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>(query)
  if (rows[0] === undefined) throw new Error(`no row: ${query}`)
  return rows[0].value
}
