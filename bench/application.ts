import pg from 'pg'

/** Milliseconds. */
export interface Waits {
  readonly writer: number
  readonly reader: number
}

export interface Application {
  /** The longest statement of each since the last call, what runs at this moment included. */
  take(): Waits
  stop(): Promise<void>
}

type Statement = (client: pg.Client, n: number) => Promise<unknown>

/** One writer and one reader of a table, who never pause. Its rows have the ids 1 to `rows`. */
export async function startApplication(
  url: string,
  { table, rows }: { table: string; rows: number },
): Promise<Application> {
  // Of the rows of one tenant, which are every hundredth.
  const someRow = (n: number) => ((n * 7919) % (rows / 100)) * 100 + 1
  const writer = await startLoop(url, (client, n) =>
    n % 2 === 0
      ? client.query(`update ${table} set title = $1 where id = $2`, [`Title ${n}`, someRow(n)])
      : client.query(`insert into ${table} (project_id, title) values (1, $1)`, [`New ${n}`]),
  )
  const reader = await startLoop(url, (client, n) =>
    client.query(`select * from ${table} where id = $1`, [someRow(n)]),
  )
  return {
    take: () => ({ writer: writer.take(), reader: reader.take() }),
    async stop() {
      await Promise.all([writer.stop(), reader.stop()])
    },
  }
}

async function startLoop(url: string, statement: Statement) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let [isRunning, begun, longest] = [true, performance.now(), 0]
  const loop = async () => {
    for (let n = 0; isRunning; n++) {
      begun = performance.now()
      await statement(client, n)
      longest = Math.max(longest, performance.now() - begun)
    }
  }
  const running = loop()
  return {
    take() {
      const wait = Math.max(longest, performance.now() - begun)
      longest = 0
      return wait
    },
    async stop() {
      isRunning = false
      await running
      await client.end()
    },
  }
}
