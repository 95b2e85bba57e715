import { once } from 'node:events'
import pg from 'pg'

export interface SilentReplica {
  /** Answers at last: everything is replayed, whatever comes. */
  catchUp(): void
  stop(): Promise<void>
}

// Behind whatever a test writes.
const FAR_AHEAD = 0xffff_0000_0000n

/** Members that pg has and its types do not show. */
interface Wire {
  readonly connection: { sendCopyFromChunk(chunk: Buffer): void } & NodeJS.EventEmitter
}

/**
 * A standby as the server sees it: it receives the log and never answers.
 * https://www.postgresql.org/docs/current/protocol-replication.html
 */
export async function startSilentReplica(url: string, name: string): Promise<SilentReplica> {
  const target = new URL(url)
  // With a database, it needs no line of its own in pg_hba.conf.
  target.searchParams.set('replication', 'database')
  target.searchParams.set('application_name', name)
  const client = new pg.Client({ connectionString: target.href })
  // The connection of a client is there, and sends what COPY sends.
  const { connection } = client as unknown as Wire
  await client.connect()
  const { rows } = await client.query('IDENTIFY_SYSTEM')
  const started = once(connection, 'replicationStart')
  // It ends with the connection.
  client.query(`START_REPLICATION ${rows[0].xlogpos}`).catch(() => undefined)
  await started
  return {
    catchUp: () => connection.sendCopyFromChunk(statusUpdate(FAR_AHEAD)),
    stop: () => client.end(),
  }
}

/** Written, flushed and replayed up to here. */
function statusUpdate(lsn: bigint): Buffer {
  const message = Buffer.alloc(34)
  message.write('r')
  for (const offset of [1, 9, 17]) message.writeBigInt64BE(lsn, offset)
  return message
}
